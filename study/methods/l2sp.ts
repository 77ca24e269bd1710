import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const l2sp = methodPage({
  title: 'L2-SP: a pull to the pre-trained weights',
  family: 'how weights are held back',
  idea: 'Weights are pulled to the pre-trained ones, rather than to zero as by weight decay. It is the soft form of freezing.',
  formula: [
    'penalty: loss + strength/2 · ‖w - w0‖² + headStrength/2 · ‖head‖²',
    'decay: w ← w - η·strength·(w - w0), head ← head - η·headStrength·head, then the step of AdamW',
  ],
  settings: z.strictObject({
    form: z
      .enum(['penalty', 'decay'])
      .default('penalty')
      .describe('penalty: the pull is part of the gradient (L2-SP). decay: it is not, as in decoupled weight decay. Default penalty.'),
    strength: z.number().min(0).default(0.1).describe('Of the pull to the pre-trained weights. At least 0; default 0.1.'),
    headStrength: z.number().min(0).default(0.01).describe('Of the pull of the head to zero. At least 0; default 0.01.'),
  }),
  use: 'When there are few examples and all layers learn. Search form, and strength from 1e-3 to 1, with weightDecay 0.',
  cost: 'Two operations for each weight; a copy of the pre-trained weights.',
  source:
    'Li, Grandvalet, Davoine, ICML 2018, arXiv:1802.01483, section 3; decay: Zhang et al., ICLR 2021, arXiv:2006.05987 (asappresearch/revisit-bert-finetuning).',
  decided:
    "The penalty is on all weights and part of the gradient, before clipping and Adam, as in the paper; it is not part of the loss that is shown. Decay leaves biases and layer norms out, as weight decay does. The authors' code of decay means to pull the head to zero but pulls it to its first values; here it goes to zero. weightDecay stays as it is set.",
});
