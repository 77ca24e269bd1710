import { z } from 'zod';
import { byLayer } from './by-layer.ts';
import { methodPage } from './method-page.ts';

export const childTuning = methodPage({
  title: 'Child-Tuning F and D',
  family: 'which weights learn',
  idea: 'Only a part of the numbers gets a gradient. F draws it anew in each step and scales it up, so that its expectation stays: the noise keeps training from narrow solutions. D takes those with the largest Fisher information before training, and stays with them.',
  formula: [
    'F: g ← g⊙m / share, with m ~ Bernoulli(share) for each number',
    'D: I = Σ over batches of g², before training; M = the largest share of I over all encoder layers; g ← g⊙M',
  ],
  settings: z.strictObject({
    variant: z
      .enum(['F', 'D'])
      .default('F')
      .describe('F: a random part in each step; D: the part with the largest Fisher information. Default F.'),
    share: byLayer(z.number().gt(0).max(1), 'a number > 0 and <= 1', 'layers')
      .default(0.3)
      .describe('Share of the numbers that get a gradient, of all layers or by layer. Above 0, at most 1; default 0.3.'),
  }),
  use: 'F as a simple form of noise to compare with DPS, D to keep most weights near the pre-trained ones. Search share from 0.05 to 0.9.',
  cost: 'Two operations for each gradient; D also a pass over the training data before the first step, and a mask as large as the layers.',
  source: 'Xu et al., EMNLP 2021, arXiv:2109.05687, sections 2.2 and 2.3; RunxinXu/ChildTuning.',
  decided:
    "Gradients are clipped after the mask, so that the norm is that of what moves; the authors' code clips before. D's threshold is exact and one for all layers, or one for each where share is by layer; embeddings and head learn as a whole, as there. Weight decay and momentum go on for what is not chosen, as there.",
});
