import { z } from 'zod';

export const searchAlgorithmSchema = z
  .strictObject({
    name: z
      .enum(['random', 'grid', 'sobol'])
      .describe(
        'random: independent draws. grid: every combination once, in order; trials that failed are tried once more. ' +
          'sobol: a scrambled Sobol sequence, which fills the space more evenly than random draws.',
      ),
    seed: z
      .int()
      .min(0)
      .max(4_294_967_295)
      .default(0)
      .describe('Seed of all draws: the same seed and reports give the same suggestions. Default 0.'),
    steps: z
      .int()
      .min(2)
      .max(1000)
      .default(3)
      .describe(
        'grid only: points on each continuous range, evenly spaced on its scale: both ends included, or for normal and logNormal the middles of as many equally likely parts. At least 2; default 3.',
      ),
  })
  .describe('How assignments are chosen.');

export const pruneAlgorithmSchema = z
  .strictObject({
    name: z
      .enum(['asha', 'none'])
      .describe(
        'asha: successive halving without waiting; at each rung only the best 1/reductionFactor go on. none: every trial runs to maxResource.',
      ),
    mode: z
      .enum(['promote', 'stop'])
      .default('promote')
      .describe(
        'asha only. promote: a trial waits at its rung and goes on from its checkpoint once it ranks among the best. stop: it goes on at once or ends for good. Default promote.',
      ),
    minResource: z
      .int()
      .min(1)
      .exactOptional()
      .describe('Optimizer steps at the first rung. At least 1, below maxResource. Required by asha; none does not use it.'),
    maxResource: z
      .int()
      .min(1)
      .describe(
        'Optimizer steps of a whole trial: the last rung, and the span of the learning-rate schedule whatever rung a trial ends at. At least 1.',
      ),
    reductionFactor: z
      .int()
      .min(2)
      .max(100)
      .default(3)
      .describe(
        'asha only: each rung has this many times the steps of the one before, and this share of its trials goes on. At least 2; default 3.',
      ),
  })
  .describe('When trials are compared, and which of them end early.');
