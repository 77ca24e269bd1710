import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const averaging = methodPage({
  title: 'Weight averaging (EMA and SWA)',
  family: 'how weights are held back',
  idea: 'The model that is scored and written is not the last one but an average over the steps. Training goes on as if nothing were there; the average lies nearer the middle of the valley, and differs less from seed to seed.',
  formula: ['ema: a ← decay·a + (1 - decay)·w', 'swa: a ← a + (w - a) / n, the mean of the n weights since the average began'],
  settings: z.strictObject({
    kind: z.enum(['ema', 'swa']).default('ema').describe('ema: recent steps count most; swa: all steps count alike. Default ema.'),
    decay: z.number().min(0).lt(1).default(0.99).describe('Of ema. At least 0, below 1; default 0.99.'),
    from: z
      .number()
      .min(0)
      .lt(1)
      .default(0.5)
      .describe('Share of the steps after which the average begins. At least 0, below 1; default 0.5.'),
  }),
  use: 'When scores differ much between seeds, or the learning rate is high. Search decay from 0.9 to 0.999.',
  cost: 'Three operations for each weight; one more copy of what learns.',
  source: 'Polyak and Juditsky, SIAM Journal on Control and Optimization 1992; Izmailov et al., UAI 2018, arXiv:1803.05407.',
  decided:
    'Our operationalisation: the learning rate stays that of the run, where SWA has a constant or cyclical one; the average begins as the weights of its first step, so ema needs no correction. Before it begins, evaluations see the weights as they are.',
});
