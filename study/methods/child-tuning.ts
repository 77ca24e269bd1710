import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const childTuning = methodPage({
  title: 'Child-Tuning F',
  family: 'which weights learn',
  idea: 'In each step a random share of all numbers gets a gradient, and it is scaled up so that its expectation stays. The noise keeps training from narrow solutions.',
  formula: ['g ← g⊙m / share, with m ~ Bernoulli(share) for each number'],
  settings: z.strictObject({
    share: z.number().gt(0).max(1).default(0.3).describe('Share of the numbers that get a gradient. Above 0, at most 1; default 0.3.'),
  }),
  use: 'As a simple form of noise to compare with DPS. Search share from 0.05 to 0.9.',
  cost: 'Two operations for each gradient.',
  source: 'Xu et al., EMNLP 2021, arXiv:2109.05687, section 2.2. Its variant D, which needs a pass over the data first, is not there.',
  decided: "Gradients are clipped after the mask, so that the norm is that of what moves; the authors' code clips before.",
});
