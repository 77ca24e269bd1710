import { z } from 'zod';
import { byLayer } from './by-layer.ts';
import { methodPage } from './method-page.ts';

export const mixout = methodPage({
  title: 'Mixout',
  family: 'how weights are held back',
  idea: 'In each step some inputs of every linear map have their pre-trained weights in place of the learnt ones. It is dropout towards the pre-trained model rather than towards zero, and keeps the learnt weights near it.',
  formula: ["w' = (m⊙w + (1 - m)⊙w0 - p·w0) / (1 - p), with m ~ Bernoulli(1 - p) for each input", 'g ← g⊙m; evaluation sees w'],
  settings: z.strictObject({
    rate: byLayer(z.number().min(0).lt(1), 'a number >= 0 and < 1', 'encoder layers and the head')
      .default(0.7)
      .describe('p, the share of inputs that have pre-trained weights, of all layers or by layer. At least 0, below 1; default 0.7.'),
  }),
  use: 'When full fine-tuning fails for some seeds. Later studies find that more steps help as much: compare at equal steps. A rate by layer is a soft form of freezing: near 1, the layer hardly takes part.',
  cost: 'Three operations for each matrix; a copy of the pre-trained weights.',
  source: 'Lee, Cho, Kang, ICLR 2020, arXiv:1909.11299; bloodwass/mixout.',
  decided: "As in the authors' code, a mask is shared by all outputs of a map, and the gradient is not divided by 1 - p.",
});
