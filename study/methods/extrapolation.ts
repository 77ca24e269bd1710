import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const extrapolation = methodPage({
  title: 'EXTRAP-SGD: gradients from one step ahead',
  family: 'how weights are held back',
  idea: 'The gradient is taken where the weights would be after going on as in the step before, and is applied where they are. Looking ahead smooths the way, most of all early on, and costs no second pass.',
  formula: ["w' = w + ratio · (w - w of the step before), or w + ratio · η · N(0, 1); w ← w - η·∇f(w')"],
  settings: z.strictObject({
    direction: z
      .enum(['lastStep', 'noise'])
      .default('lastStep')
      .describe('lastStep: further along the step before. noise: anywhere, to compare with. Default lastStep.'),
    ratio: z
      .number()
      .gt(0)
      .max(10)
      .default(1)
      .describe(
        'How far ahead, in steps as long as the last one; of noise, its deviation in learning rates. Above 0, at most 10; default 1.',
      ),
  }),
  use: 'With large batches, and where the first steps decide. Search ratio from 0.1 to 2. With noise one sees whether it is the direction that helps.',
  cost: '1×, and two operations for each weight; a copy of what learns.',
  source: 'Lin et al., ICML 2020, arXiv:2006.05720, section 3.',
  decided:
    'Our operationalisation: the last step itself takes the place of the past gradient, which is the same for SGD and fits the length of AdamW’s steps; for the same reason noise is as wide as a learning rate. The first step looks from where it is. The table of words is not extrapolated: each step reads other rows of it.',
});
