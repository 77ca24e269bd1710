import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const l2sp = methodPage({
  title: 'L2-SP',
  family: 'how weights are held back',
  idea: 'A penalty pulls the weights to the pre-trained ones, rather than to zero as weight decay does. It is the soft form of freezing.',
  formula: ['loss + strength/2 · ‖w - w0‖² + headStrength/2 · ‖head‖²'],
  settings: z.strictObject({
    strength: z.number().min(0).default(0.1).describe('Of the pull to the pre-trained weights. At least 0; default 0.1.'),
    headStrength: z.number().min(0).default(0.01).describe('Of the pull of the head to zero. At least 0; default 0.01.'),
  }),
  use: 'When there are few examples and all layers learn. Search strength from 1e-3 to 1, with weightDecay 0.',
  cost: 'Two operations for each weight; a copy of the pre-trained weights.',
  source: 'Li, Grandvalet, Davoine, ICML 2018, arXiv:1802.01483, section 3.',
  decided:
    'The penalty is part of the gradient, before clipping and Adam, as in the paper; it is not part of the loss that is shown. weightDecay stays as it is set.',
});
