import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const prototypes = methodPage({
  title: 'Prototype head',
  family: 'how the head begins',
  idea: 'The classifier begins as the one that follows from the means of the classes and how much their members differ, number by number, rather than at random. It needs no training to be of use, and sends no random gradients into the layers.',
  formula: [
    'σ² = (1 - shrinkage)·(variance within classes of each number) + shrinkage·(its mean over numbers)',
    'w_c = μ_c / (σ²·temperature), b_c = -Σ μ_c² / (2σ²·temperature)',
  ],
  settings: z.strictObject({
    shrinkage: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('How far the variances of single numbers are drawn to their mean. 0 to 1; default 0.5.'),
    temperature: z
      .number()
      .gt(0)
      .default(10)
      .describe('What distances are divided by: larger, and the head begins less sure of itself. Above 0; default 10.'),
  }),
  use: 'With very few examples, with pooling mean or first, or a model that has a trained pooler. With all layers frozen and one step it is a baseline without training. Search shrinkage and temperature.',
  cost: '1×; a pass without gradients over the training data before the first step.',
  source: 'Variance-aware prototypes, 2022, arXiv:2210.13979 (abstract); Snell, Swersky, Zemel, NeurIPS 2017, arXiv:1703.05175, section 2.',
  decided:
    'Our operationalisation, for of the paper only the abstract was at hand: variances are pooled over classes, so that distances to prototypes are a linear classifier, which then learns as any other; the pull of members to their prototypes is left out. Defaults are ours.',
  excludes: { regression: 'prototypes are of labels' },
});
