import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const surgical = methodPage({
  title: 'Surgical selection by Fisher information: layers that gradients point to',
  family: 'which weights learn',
  idea: 'The encoder layers whose gradients tell most about the task before training learn, and the others rest. A few layers hold most of what has to change, and which ones they are shows in the gradients of a hundred texts.',
  formula: [
    'fisher: score(layer) = Σ over its tensors of ‖mean over texts of g²‖',
    'rgn: ‖mean g‖ / ‖w‖; product: Σ |mean g · w|',
    'the `layers` with the largest scores learn',
  ],
  settings: z.strictObject({
    layers: z.int().min(1).max(64).default(5).describe('Encoder layers that learn. 1 to 64; default 5.'),
    by: z
      .enum(['fisher', 'rgn', 'product'])
      .default('fisher')
      .describe(
        'What layers are chosen by. fisher: Fisher information; rgn: gradient over weight; product: gradient times weight. Default fisher.',
      ),
    texts: z.int().min(1).max(100_000).default(100).describe('Training texts that scores are estimated from. 1 to 100000; default 100.'),
  }),
  use: 'As a rival of searching a mask of layers, without its trials. Search layers from 1 to all, and by.',
  cost: 'Below 1×: the way back ends at the lowest chosen layer where the embeddings are frozen, and other layers need no gradients of weights.',
  source:
    'Lodha et al., 2023, arXiv:2310.17041; ymtao5219/surgical_fine_tuning; rgn: Lee et al., ICLR 2023, arXiv:2210.11466; product: Molchanov et al., CVPR 2019, arXiv:1906.10771.',
  misfits: ({ layers: count }, { layers }) =>
    count <= layers ? [] : [{ setting: 'layers', expected: `at most ${layers}, the number of the model's layers` }],
  decided:
    "The gradient is that of the loss without dropout, text by text; the authors' code takes the raw output of the right label, and the same text again and again. Texts are of the training split, where the authors take validation texts. Embeddings and head learn where the layer configuration lets them, and only layers that it trains are scored. Moments are kept for all of these.",
});
