import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const bitfit = methodPage({
  title: 'BitFit',
  family: 'which weights learn',
  idea: 'Only biases learn, those of layer norms too, and the head. A thousandth of the numbers is enough to turn what the model knows towards a task, and leaves little room for learning the examples by heart.',
  formula: ['g ← g for biases and the head; all other weights stay as they are'],
  settings: z.strictObject({
    biases: z
      .enum(['all', 'subset'])
      .default('all')
      .describe('all, or subset: those of the query and of the first map of the feed-forward part. Default all.'),
  }),
  use: 'Few examples, up to about 2,000. Its learning rates are ten to a hundred times those of full fine-tuning: search 1e-4 to 1e-2. Give it the same steps as the others, not the same epochs.',
  cost: 'About 2/3 of a step: the way back still goes through all layers above the lowest trained one. Next to no memory for moments.',
  source: 'Ben Zaken, Goldberg, Ravfogel, ACL 2022, arXiv:2106.10199.',
});
