import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const lnsr = methodPage({
  title: 'LNSR: layer-wise noise stability',
  family: 'how weights are held back',
  idea: 'A second pass gets noise on what enters the layers, and what each layer gives is drawn to what it gives without. Noise then dies out on its way up, as it does in the lower layers of good models, rather than growing.',
  formula: ["loss + strength · Σ over layers of mean ‖h - h'‖², with h' of a pass whose bottom has noise N(0, deviation²)"],
  settings: z.strictObject({
    strength: z.number().min(0).default(1).describe('Weight of the differences of all layers. At least 0; default 1.'),
    deviation: z.number().gt(0).default(0.05).describe('Of the noise. Above 0; default 0.05, where activations are about 1.'),
  }),
  use: 'With a frozen prefix: noise then enters at its output. Search strength from 0.01 to 10 and deviation from 1e-3 to 0.1.',
  cost: '2× without a frozen prefix, of the layers above it alone.',
  source: 'Hua et al., NAACL 2021, arXiv:2107.04835; 2022, arXiv:2206.05658.',
  decided:
    'Our operationalisation: deviation and strength are the same for all layers, for the numbers of the paper were not at hand; differences are means over numbers and over the tokens of a text, padding left out; both passes have dropout of their own, and gradients flow through both. Where only the first token of the last layer is read, it alone is compared there.',
});
