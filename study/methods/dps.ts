import { z } from 'zod';
import { byLayer } from './by-layer.ts';
import { methodPage } from './method-page.ts';

export const dps = methodPage({
  title: 'Dynamic Parameter Selection (DPS)',
  family: 'which weights learn',
  idea: 'Stages alternate. In the first all numbers learn while the sum of their squared gradients is taken; in the next only the share of each matrix with the largest sums does. So the part of the model that learns follows what matters now.',
  formula: [
    'estimate: A ← A + g²',
    'select: M = the largest ⌈n·reserve⌉ of A in each matrix; g ← g⊙M',
    'mix, estimate: as mixout, with A ← A + g²⊙m and C ← C + m; select by A / C',
    "mix, select: w' = (M⊙w + (1 - M)⊙w1 - p·w1) / (1 - p), with w1 the weights at the start of the stage and p = 1 - reserve",
  ],
  settings: z.strictObject({
    variant: z
      .enum(['dense', 'mix'])
      .default('dense')
      .describe('dense, or mix: matrices are also mixed with earlier weights. Default dense.'),
    reserve: byLayer(z.number().gt(0).lt(1), 'a number > 0 and < 1', 'encoder layers and the head')
      .default(0.7)
      .describe('Share of each matrix that learns in a stage of selection, of all layers or by layer. Between 0 and 1; default 0.7.'),
    updateRatio: z
      .number()
      .gt(0)
      .max(0.5)
      .default(0.05)
      .describe('Length of a stage, as a share of all steps of a trial. Above 0, at most 0.5; default 0.05.'),
  }),
  use: 'From 300 to a few thousand examples. With one reserve every layer keeps the same share: DPS selects no layers, so search it together with a frozen prefix, or search reserve by layer.',
  cost: 'dense: two operations for each matrix, and one more copy of the matrices; mix: as mixout, and three copies.',
  source: 'Zhang et al., NeurIPS 2022, arXiv:2211.01642; ZhangHaojie077/DPS.',
  decided:
    "reserve is the share that learns; the authors' flag reserve_p is the share that does not. A stage has at least one step and follows from the steps of the whole trial. Dropout stays as it is set; the authors set it to 0, so compare it with other methods at the same dropout. Gradients are clipped after the mask; A is of gradients before clipping, without the authors' factor of a thousandth, which changes no rank. Momentum and weight decay go on for what is not selected, as there.",
});
