import { z } from 'zod';
import { byLayer } from './by-layer.ts';
import { methodPage } from './method-page.ts';

export const wiseft = methodPage({
  title: 'WiSE-FT',
  family: 'how weights are held back',
  idea: 'The model that is scored and written lies on the straight line between the pre-trained and the fine-tuned weights. Points between the two are often better on texts unlike those of training than either end. A share of 0 for one layer alone shows how much its training was worth.',
  formula: ['w = (1 - alpha)·w0 + alpha·w; the head as it was trained'],
  settings: z.strictObject({
    alpha: byLayer(z.number().min(0).max(1), 'a number from 0 to 1', 'layers below the head')
      .default(0.5)
      .describe('Share of the fine-tuned weights, of all layers or by layer. 0 to 1; default 0.5.'),
    grid: z
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe(
        'So many even steps from 0 to 1 are tried after training, and the share with the least loss on the selection texts counts, for all layers without a share of their own. 0 to 100; default 0: alpha as it is set.',
      ),
  }),
  use: 'When texts of later use differ from those of training. Training does not depend on alpha: with grid 10 it is chosen afterwards, without trials of its own. Search alpha of single layers with few trials.',
  cost: '1×; a copy of the pre-trained weights, and three operations for each weight in an evaluation. With grid, grid + 1 evaluations in place of one.',
  source: 'Wortsman et al., CVPR 2022, arXiv:2109.01903.',
  decided:
    'The head has no pre-trained weights to go back to, so it stays as it is trained. The grid is seen at each rung; the metric wiseft/alpha tells what was chosen, and scores on held-out texts are taken with it.',
});
