import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const guidedDropout = methodPage({
  title: 'Guided dropout',
  family: 'how weights are held back',
  idea: 'Parts of the model that tell least about the data get the most dropout, and those that tell most get none. How much a part tells is its Fisher information, which is known before training.',
  formula: [
    'F(site) = mean over texts of Σ g², over the weights in front of the site',
    'p(site) = highest · (1 - i / (sites - 1)), with i the place of the site by rising F, from 0',
  ],
  settings: z.strictObject({
    order: z
      .enum(['fisher', 'published'])
      .default('fisher')
      .describe(
        "fisher: by the squared gradients of some of the training texts; published: the authors' order for BERT-base, from Wikipedia. Default fisher.",
      ),
    highest: z.number().min(0).lt(1).default(0.099).describe('Dropout where F is least. At least 0, below 1; default 0.099.'),
    reversed: z.boolean().default(false).describe('Whether the most dropout goes where F is most instead, to compare with. Default false.'),
    texts: z.int().min(1).max(100_000).default(100).describe('Training texts that F is estimated from. 1 to 100000; default 100.'),
  }),
  use: 'In place of even dropout, with any number of examples. Search highest from 0.05 to 0.2.',
  cost: '1×; with fisher one pass over some texts before the first step.',
  source: 'Sharma et al., 2024, arXiv:2406.14005; Mandar-Sharma/Guided-Dropout.',
  misfits: ({ order }, { layers }) =>
    order === 'fisher' || layers === 12 ? [] : [{ setting: 'order', expected: 'fisher: published is for BERT-base, which has 12 layers' }],
  decided:
    "Our operationalisation: F is of the task's loss on training texts, where the authors take the loss of masked words on Wikipedia, once for a model; a site's weights are the maps in front of it: query, key and value, the attention's output, both maps of the feed-forward part, all embeddings. Only sites above a frozen prefix count, and those whose weights learn; others keep the model's rate. The classifier's dropout stays.",
});
