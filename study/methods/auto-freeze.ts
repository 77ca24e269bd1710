import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const autoFreeze = methodPage({
  title: 'AutoFreeze',
  family: 'when layers learn',
  idea: 'All layers learn at first. From time to time the lowest ones whose gradients have settled are frozen, and stay so. Lower layers settle first, so the way back gets shorter and shorter.',
  formula: [
    'n(layer) = Σ over its tensors of ‖Σ over the steps of an interval of g‖₁; c = |n before - n| / n before',
    'layers below the lowest one with c ≥ the percentile of all c rest from then on',
  ],
  settings: z.strictObject({
    percentile: z
      .number()
      .min(0)
      .max(100)
      .default(50)
      .describe('Of the change rates: how many layers may freeze at once. 0 to 100; default 50.'),
    interval: z
      .number()
      .gt(0)
      .max(0.5)
      .default(0.05)
      .describe('Length of an interval, as a share of all steps of a trial. Above 0, at most 0.5; default 0.05.'),
  }),
  use: 'With thousands of examples and long trainings, to save time. With a few hundred the signal is noisy: search a frozen prefix instead.',
  cost: 'About half a step on average in the paper; a copy of the gradients.',
  source: 'Liu et al., 2021, arXiv:2102.01386; YuhanLiu11/AutoFreeze.',
  decided:
    'The embeddings count as the lowest layer, and only layers that the layer configuration trains count. Moments of layers that go on are kept, where the authors build the optimizer anew. What newly frozen layers give is not cached.',
});
