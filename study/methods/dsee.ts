import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const dsee = methodPage({
  title: 'DSEE: low rank and a few single numbers',
  family: 'which weights learn',
  idea: 'As LoRA, and beside the product a few single numbers of each matrix learn: those that a low rank says worst in the pre-trained weights. They reach what the product cannot. With sparsity the pre-trained matrices are thinned out, too.',
  formula: [
    "w' = w + A · B + S, with S at the `entries` places of the largest |w - (its best approximation of the same rank)| and zero elsewhere",
    'with sparsity: w ⊙ M in the place of w, M being 0 for that share of the smallest |w| of each matrix and 1 elsewhere',
  ],
  settings: z.strictObject({
    rank: z.int().min(1).max(256).default(16).describe('Rank of the product. 1 to 256; default 16.'),
    entries: z.int().min(1).max(65_536).default(64).describe('Single numbers of each matrix that learn. 1 to 65536; default 64.'),
    sparsity: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe('Share of each pre-trained matrix that becomes zero before the first step. At least 0, below 1; default 0: none.'),
  }),
  use: 'As a rival of LoRA where its rank seems too low, or to see how thin the layers can be. Learning rates of 1e-4 to 1e-3. Search rank from 4 to 16, entries from 16 to 256 and sparsity from 0 to 0.4.',
  cost: 'As LoRA; singular values of each query and value matrix before the first step. With sparsity three operations for each matrix in a pass.',
  source: 'Chen et al., ACL 2023, arXiv:2111.00160; VITA-Group/DSEE.',
  decided:
    "Our operationalisation: places come from the exact best approximation, where the authors' decomposition (GreBsmo) finds it by iteration; the product and the single numbers are of query and value. The authors prune after some training, and train on; here it comes first, so that every rung sees the thinned model, and it is of all matrices of the layers that learn, smallest numbers first. Places are found before.",
});
