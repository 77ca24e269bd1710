import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const sam = methodPage({
  title: 'SAM and ASAM',
  family: 'how weights are held back',
  idea: 'The gradient is taken where the loss is about highest near the weights, so that training ends where all weights nearby are good. The gain grows as data shrinks.',
  formula: ["g' = ∇f(w + rho · g / ‖g‖)", "adaptive: g' = ∇f(w + rho · w²⊙g / ‖|w|⊙g‖)"],
  settings: z.strictObject({
    rho: z
      .number()
      .gt(0)
      .default(0.05)
      .describe('How far away the gradient is taken. Above 0; default 0.05. With adaptive about ten times that.'),
    every: z
      .int()
      .min(1)
      .max(1000)
      .default(1)
      .describe('Of so many steps one is taken so, the others as in full fine-tuning. 1 to 1000; default 1, all of them.'),
    adaptive: z.boolean().default(false).describe('Whether the distance is measured in units of the weights (ASAM). Default false.'),
  }),
  use: 'With a frozen prefix, above which a second pass costs little. Search rho from 0.01 to 0.2, and every among 1 and 2.',
  cost: '(1 + 1 / every)×, so 2× by default, of the layers above a frozen prefix alone; one more copy of the gradients.',
  source: 'Foret et al., ICLR 2021, arXiv:2010.01412; Kwon et al., ICML 2021, arXiv:2102.11600.',
});
