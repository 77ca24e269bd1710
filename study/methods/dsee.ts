import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const dsee = methodPage({
  title: 'DSEE: low rank and a few single numbers',
  family: 'which weights learn',
  idea: 'As LoRA, and beside the product a few single numbers of each matrix learn: those that a low rank says worst in the pre-trained weights. They reach what the product cannot.',
  formula: [
    "w' = w + A · B + S, with S at the `entries` places of the largest |w - (its best approximation of the same rank)| and zero elsewhere",
  ],
  settings: z.strictObject({
    rank: z.int().min(1).max(256).default(16).describe('Rank of the product. 1 to 256; default 16.'),
    entries: z.int().min(1).max(65_536).default(64).describe('Single numbers of each matrix that learn. 1 to 65536; default 64.'),
  }),
  use: 'As a rival of LoRA where its rank seems too low. Learning rates of 1e-4 to 1e-3. Search rank from 4 to 16 and entries from 16 to 256.',
  cost: 'As LoRA; singular values of each query and value matrix before the first step.',
  source: 'Chen et al., ACL 2023, arXiv:2111.00160; VITA-Group/DSEE.',
  decided:
    "Our operationalisation: places come from the exact best approximation, where the authors' decomposition (GreBsmo) finds it by iteration; matrices are those of query and value, and pruning of the weights themselves is left out.",
});
