import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const r3f = methodPage({
  title: 'R3F',
  family: 'how weights are held back',
  idea: 'A second pass gets a little noise on what enters the layers, and its predictions are drawn to those of the first. So the function that is learnt stays smooth, and representations do not collapse.',
  formula: ['CE(p) + strength · (KL(p‖q) + KL(q‖p)), with p = f(x), q = f(x + z) and z ~ U(-epsilon, epsilon) or N(0, epsilon²)'],
  settings: z.strictObject({
    strength: z.number().min(0).default(1).describe('Weight of the divergence. At least 0; default 1.'),
    epsilon: z.number().gt(0).default(1e-5).describe('How wide the noise is. Above 0; default 1e-5.'),
    noise: z.enum(['uniform', 'normal']).default('uniform').describe('Of which kind the noise is. Default uniform.'),
  }),
  use: 'With few examples, when full fine-tuning is unsteady. Search strength from 0.1 to 5.',
  cost: '2×, of the layers above a frozen prefix alone.',
  source: 'Aghajanyan et al., ICLR 2021, arXiv:2008.03156; the criterion sentence_prediction_r3f of fairseq.',
  decided:
    'Noise is added to the output of the embeddings, or of the frozen prefix, whose cache stays valid; fairseq adds it to the embeddings of tokens alone. The two passes have dropout of their own, as there.',
  excludes: { regression: 'it compares predictions of labels' },
});
