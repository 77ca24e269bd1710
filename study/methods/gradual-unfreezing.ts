import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const gradualUnfreezing = methodPage({
  title: 'Gradual unfreezing with slanted triangles',
  family: 'when layers learn',
  idea: 'The head learns from the first step on, then one block of layers after the other, from the top. Lower layers, which hold what is general, are changed last and least. Learning rates rise briefly and fall slowly.',
  formula: [
    'block i from the top (bottomUp: from the embeddings), from 0, begins at step ⌈(i + 1) · until · T / blocks⌉',
    's(t) = (1 + p·(ratio - 1)) / ratio; p = t / top up to top = ⌊T·cut⌋, then 1 - (t - top) / (top·(1/cut - 1))',
  ],
  settings: z.strictObject({
    until: z
      .number()
      .gt(0)
      .max(1)
      .default(0.5)
      .describe('Share of the steps after which all layers learn. Above 0, at most 1; default 0.5.'),
    order: z
      .enum(['topDown', 'bottomUp'])
      .default('topDown')
      .describe('Which layers begin first: topDown, or bottomUp to compare with. Default topDown.'),
    block: z.int().min(1).max(64).default(1).describe('Layers that begin together. At least 1; default 1.'),
    cut: z.number().gt(0).lt(1).default(0.1).describe('Share of the steps in which rates rise. Between 0 and 1; default 0.1.'),
    ratio: z.number().min(1).default(32).describe('How much smaller the lowest rate is than the highest. At least 1; default 32.'),
  }),
  use: 'With a layer configuration of scheme prefixDecay and decay about 1/2.6. Early rungs show a few layers alone and score low: set minResource beyond until · maxResource, or do not prune.',
  cost: 'About 3/4 of a step on average with until 0.5.',
  source: 'Howard and Ruder, ACL 2018, arXiv:1801.06146, sections 3.2 and 3.3.',
  decided:
    'Blocks begin at even distances, where the paper begins one in each epoch. Moments of a layer begin with the layer. The triangle ends at 0 where rounding would take it below.',
});
