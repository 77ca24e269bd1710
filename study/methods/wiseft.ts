import { z } from 'zod';
import { methodPage } from './method-page.ts';

const share = z.number().min(0).max(1);

export const wiseft = methodPage({
  title: 'WiSE-FT',
  family: 'how weights are held back',
  idea: 'The model that is scored and written lies on the straight line between the pre-trained and the fine-tuned weights. Points between the two are often better on texts unlike those of training than either end. A share of 0 for one layer alone shows how much its training was worth.',
  formula: ['w = (1 - alpha)·w0 + alpha·w; the head as it was trained'],
  settings: z.strictObject({
    alpha: z
      .union([share, z.array(share).min(1)], 'a number from 0 to 1, or a list of them')
      .default(0.5)
      .describe(
        'Share of the fine-tuned weights, or a list with that of the embeddings and of each layer, from the bottom. 0 to 1; default 0.5.',
      ),
  }),
  use: 'When texts of later use differ from those of training. Training does not depend on alpha: search it with few trials.',
  cost: '1×; a copy of the pre-trained weights, and three operations for each weight in an evaluation.',
  source: 'Wortsman et al., CVPR 2022, arXiv:2109.01903.',
  misfits: ({ alpha }, { layers }) =>
    typeof alpha === 'number' || alpha.length <= layers + 1
      ? []
      : [{ setting: 'alpha', expected: `one number, or at most ${layers + 1}, for the embeddings and the model's layers` }],
  decided:
    'The head has no pre-trained weights to go back to, so it stays as it is trained. A layer beyond the end of a list stays fine-tuned.',
});
