import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const adapters = methodPage({
  title: 'Adapters (Houlsby, Pfeiffer)',
  family: 'which weights learn',
  idea: 'Narrow maps with a detour around them are put between those of the model, and they learn in place of its weights. They begin near nothing, so the model begins as it was.',
  formula: [
    'y = x + up(gelu(down(x))), behind the attention (houlsby alone) and behind the feed-forward part, before the sum and the layer norm',
  ],
  settings: z.strictObject({
    variant: z
      .enum(['houlsby', 'pfeiffer'])
      .default('houlsby')
      .describe('houlsby: two in each layer, and layer norms learn; pfeiffer: one, and layer norms stay. Default houlsby.'),
    size: z.int().min(1).max(4096).default(64).describe('Width between down and up. 1 to 4096; default 64.'),
    from: z.int().min(0).max(64).default(0).describe('Lowest encoder layer that has adapters. 0 to 64; default 0.'),
  }),
  use: 'When memory for moments is short, above a frozen prefix. Learning rates of 1e-4 to 3e-3. Search size from 8 to 256; pfeiffer is usually given a sixteenth of the model’s width.',
  cost: 'About 0.7 of a step; next to no memory for moments. The maps stay in the model: it takes a few per cent longer afterwards.',
  source: 'Houlsby et al., ICML 2019, arXiv:1902.00751, section 2.1; Pfeiffer et al., EACL 2021, arXiv:2005.00247.',
  misfits: ({ from }, { layers }) =>
    from < layers ? [] : [{ setting: 'from', expected: `below ${layers}, the number of the model's layers` }],
  decided:
    "Adapters are in layers that the layer configuration trains, from `from` on. Their weights begin as normal noise of deviation 0.01, which is not truncated. pfeiffer's adapter stands where houlsby's second does; AdapterHub has one more layer norm in front of it. The written model has the adapters beside the model's weights, which `transformers` does not read.",
});
