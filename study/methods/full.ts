import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const full = methodPage({
  title: 'Full fine-tuning',
  family: 'which weights learn',
  idea: 'Every weight of the layers that the layer configuration trains learns, with AdamW. Prefixes, windows, masks and rates for each layer are layer configurations: they are searched by a layerwise parameter, and go with this and with every other method.',
  formula: ['w ← w - η·s(t)·(m̂ / (√v̂ + ε) + λ·w)'],
  settings: z.strictObject({}),
  use: 'Always: it is what the others are compared with. Few examples need many steps, 1,000 or more, rather than many epochs.',
  cost: '1×; 12 bytes for each trained number beside the model.',
  source:
    'Loshchilov and Hutter, ICLR 2019, arXiv:1711.05101; Mosbach, Andriushchenko, Klakow, ICLR 2021, arXiv:2006.04884, for the recipe.',
});
