import { z } from 'zod';
import { byLayer } from './by-layer.ts';
import { methodPage } from './method-page.ts';

export const lora = methodPage({
  title: 'LoRA',
  family: 'which weights learn',
  idea: 'The product of two thin matrices is added to some of the weights, and only these learn. What fine-tuning changes has a low rank, so few numbers can say it. The product is part of the weights in the model that is written: it costs nothing afterwards.',
  formula: ['w + (alpha / rank) · A · B, with A noise and B zero at the beginning'],
  settings: z.strictObject({
    rank: byLayer(z.int().min(0).max(256), 'a whole number from 0 to 256', 'encoder layers')
      .default(8)
      .describe('Rank of the product, of all layers or by layer; 0 leaves a layer as it is. 0 to 256; default 8.'),
    alpha: z.number().gt(0).default(16).describe('The product is scaled by alpha / rank. Above 0; default 16.'),
    targets: z
      .enum(['queryValue', 'attention', 'all'])
      .default('queryValue')
      .describe('queryValue, attention (query, key, value, output), or all maps of a layer. Default queryValue.'),
  }),
  use: 'When memory for moments is short, or full fine-tuning is unsteady. Learning rates of 1e-4 to 1e-3. Layers with mode lora learn so beside others that learn fully. Search rank among 4, 8 and 16, or that of each layer among 0, 2, 4, 8 and 16.',
  cost: 'About 3/4 of a step with queryValue; next to no memory for moments.',
  source: 'Hu et al., ICLR 2022, arXiv:2106.09685, section 4.1.',
  decided:
    'The sum of weight and product is formed once a step, so that every engine and kernel serves it; the authors multiply twice. A has the deviation of their uniform noise, and is normal. There is no dropout in front of A.',
});
