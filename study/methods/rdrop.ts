import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const rdrop = methodPage({
  title: 'R-Drop',
  family: 'how weights are held back',
  idea: 'Each text goes through the model twice with different dropout, and the two predictions are drawn together. So the model that is trained, a random part of the whole, comes near the one that is used.',
  formula: ['(CE(p) + CE(q)) / 2 + alpha/2 · (KL(p‖q) + KL(q‖p))'],
  settings: z.strictObject({
    alpha: z.number().min(0).default(1).describe('Weight of the divergence. At least 0; default 1.'),
  }),
  use: 'When time matters less than the score. The model must have dropout. Search alpha from 0.5 to 5.',
  cost: '2×, of the layers above a frozen prefix alone.',
  source: 'Liang et al., NeurIPS 2021, arXiv:2106.14448, section 2.',
  decided: 'The mean of the two losses, where the paper has their sum: the learning rate then means the same as without R-Drop.',
  excludes: { regression: 'it compares predictions of labels', 'dropout 0': 'its two passes differ by dropout alone' },
});
