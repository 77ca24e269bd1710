import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const sift = methodPage({
  title: 'SIFT',
  family: 'which weights learn',
  idea: 'The numbers of each attention matrix with the largest gradients in the first step are the ones that learn, to the end; the head learns as a whole. Gradients of a pre-trained model are nearly sparse, so few numbers carry most of what is to be learnt.',
  formula: ['support = the largest share of |g| of each matrix in the first step', 'g ← g⊙support'],
  settings: z.strictObject({
    share: z.number().gt(0).max(1).default(0.01).describe('Share of each matrix that learns. Above 0, at most 1; default 0.01.'),
  }),
  use: 'As a sparse rival of LoRA. Search share from 0.001 to 0.1.',
  cost: 'About 0.8 of a step: other matrices need no gradient. Moments are kept for whole matrices here.',
  source: 'Song et al., arXiv:2312.11875; song-wx/SIFT.',
  decided: 'Numbers outside the support are not decayed, so they stay as they are, bit for bit.',
});
