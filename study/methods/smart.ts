import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const smart = methodPage({
  title: 'SMART: smoothness against the worst small noise',
  family: 'how weights are held back',
  idea: 'As R3F, but the noise is the one that changes predictions most: one step of gradient ascent from random noise. Where even that changes little, the function is smooth. With proximal, predictions also stay near those of the model as it was a while before.',
  formula: [
    'CE(p) + strength · (KL(p‖q) + KL(q‖p)), with p = f(x), q = f(x + z)',
    'z = clip(z0 + ascent · g / max|g|, ±radius), with z0 ~ N(0, radius²) and g = ∇z (KL(p‖q) + KL(q‖p)) at z0',
    'with proximal: + proximal · (KL(p‖r) + KL(r‖p)), with r those of the weights v; after each step v ← momentum·v + (1 - momentum)·w',
  ],
  settings: z.strictObject({
    strength: z.number().min(0).default(1).describe('Weight of the divergence. At least 0; default 1.'),
    radius: z.number().gt(0).default(1e-5).describe('Largest change of a number at the bottom. Above 0; default 1e-5.'),
    ascent: z.number().gt(0).default(1e-3).describe('Length of the step of ascent. Above 0; default 1e-3.'),
    proximal: z.number().min(0).default(0).describe('Weight of the pull to earlier predictions. At least 0; default 0: none.'),
    momentum: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.99)
      .describe('Share of the earlier weights that stays in a step: closer to 1, and they are older. Above 0, below 1; default 0.99.'),
  }),
  use: 'When time matters less than the score. Search strength from 0.1 to 10, radius up to 1e-2, and proximal 0 against 1.',
  cost: 'About 3×, of the layers above a frozen prefix alone; with proximal 3.5×, and a copy of what learns.',
  source: 'Jiang et al., ACL 2020, arXiv:1911.03437, sections 3.1 to 3.3; namisan/mt-dnn.',
  decided:
    "Our operationalisation: one step of ascent. The paper has a proximal part with weight 1, the authors' code has none: so it is off by default. It compares passes with dropout of their own, and its momentum is one number, where the paper changes it after a tenth of the steps. Noise enters as in R3F, and max|g| is over the numbers of a text; clip keeps it within the radius, as in the paper, where the code scales it.",
  excludes: { regression: 'it compares predictions of labels' },
});
