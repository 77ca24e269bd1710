import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const smart = methodPage({
  title: 'SMART: smoothness against the worst small noise',
  family: 'how weights are held back',
  idea: 'As R3F, but the noise is the one that changes predictions most: one step of gradient ascent from random noise. Where even that changes little, the function is smooth.',
  formula: [
    'CE(p) + strength · (KL(p‖q) + KL(q‖p)), with p = f(x), q = f(x + z)',
    'z = clip(z0 + ascent · g / max|g|, ±radius), with z0 ~ N(0, radius²) and g = ∇z (KL(p‖q) + KL(q‖p)) at z0',
  ],
  settings: z.strictObject({
    strength: z.number().min(0).default(1).describe('Weight of the divergence. At least 0; default 1.'),
    radius: z.number().gt(0).default(1e-5).describe('Largest change of a number at the bottom. Above 0; default 1e-5.'),
    ascent: z.number().gt(0).default(1e-3).describe('Length of the step of ascent. Above 0; default 1e-3.'),
  }),
  use: 'When time matters less than the score. Search strength from 0.1 to 10, and radius up to 1e-2.',
  cost: 'About 3×, of the layers above a frozen prefix alone.',
  source: 'Jiang et al., ACL 2020, arXiv:1911.03437, sections 3.1 and 3.3; namisan/mt-dnn.',
  decided:
    'Our operationalisation: the smoothness-inducing part alone, with one step of ascent; the proximal part, which holds predictions near those of an earlier model, is left out. Noise enters as in R3F, and max|g| is over the numbers of a text; clip keeps it within the radius, as in the paper, where the code scales it.',
  excludes: { regression: 'it compares predictions of labels' },
});
