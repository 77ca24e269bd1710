import { z } from 'zod';
import { message, onlyWhere, requiredWhere, text, validations } from './cel.ts';
import { objectiveSchema } from './objective-schema.ts';

export const searchAlgorithmSchema = z
  .strictObject({
    name: z
      .enum(['random', 'grid', 'sobol', 'tpe', 'cmaEs', 'gp', 'nsga2'])
      .describe(
        'random: independent draws. grid: every combination once, in order; trials that failed are tried once more. ' +
          'sobol: a scrambled Sobol sequence, which fills the space more evenly than random draws. ' +
          'tpe: learns from the reports where good trials are dense and tries there; multivariate tree-structured Parzen estimator. ' +
          'cmaEs: a normal distribution that moves and narrows towards good trials, generation by generation; covariance matrix adaptation with margin. ' +
          'gp: a model of the loss, over all rungs, and of what a step costs; tries where most is to be gained for the cost. A Gaussian process that expects neighbouring layers to be alike. ' +
          'nsga2: a genetic algorithm for several objectives that needs no model; for some hundred trials and more.',
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
    startupTrials: z
      .int()
      .min(1)
      .max(10_000)
      .default(10)
      .describe(
        'tpe, cmaEs, gp and nsga2 only: the first so many trials are random, or with gp spread evenly; tpe also waits for as many numbers at a rung before it learns from that rung, gp for as many at any. At least 1; default 10.',
      ),
    randomShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.2)
      .describe(
        'tpe, cmaEs, gp and nsga2 only: share of the later trials, with gp of all, that are drawn at random all the same: no part of the space stays unseen, and the importance of parameters is estimated without bias. 0 to 1; default 0.2.',
      ),
    objective: objectiveSchema
      .omit({ goal: true })
      .exactOptional()
      .describe(
        'tpe, cmaEs and gp only: what it learns from. A report without this metric counts like a failure. Where an accuracy has few values, eval/loss tells more. Default: all of spec.objectives.',
      ),
  })
  .describe('How assignments are chosen.');

type SearchAlgorithmName = z.infer<typeof searchAlgorithmSchema>['name'];

/** Whether `objective` may name what it learns from. */
export const learnsFromOneMetric = (name: SearchAlgorithmName): boolean => name === 'tpe' || name === 'cmaEs' || name === 'gp';

/** Whether suggestions follow what trials reported. */
export const isLearning = (name: SearchAlgorithmName): boolean => learnsFromOneMetric(name) || name === 'nsga2';

/** Pruners that are named after what they have to be told. Others would not read it. */
export const prunerFields = ['percentile', 'threshold', 'patience'] as const;

export const pruneAlgorithmSchema = z
  .strictObject({
    name: z
      .enum(['asha', 'pasha', 'hyperband', 'median', 'percentile', 'threshold', 'patience', 'curve', 'wilcoxon', 'none'])
      .describe(
        'asha: successive halving without waiting; at each rung only the best 1/reductionFactor go on. ' +
          'pasha: asha on the two lowest rungs, and on one more whenever the two highest in use rank trials otherwise by more than noise. ' +
          'hyperband: several asha side by side, each beginning its comparisons at another rung; a guard against early rungs that mispredict. ' +
          'median: a trial goes on while its best value so far is no worse than the median, at the same rung, of the trials trained to the end. ' +
          'percentile: the same with another share. threshold: a trial that reports worse than threshold ends. ' +
          'patience: a trial that no longer gets better ends. ' +
          'curve: a trial whose learning curve, carried on as a power law, is unlikely to end below the best loss ends; the trials trained to the end tell how far curves stray. ' +
          'wilcoxon: a trial whose losses are higher than those of the best one at its rung, example by example and by more than chance, ends. none: every trial runs to maxResource. ' +
          'A loss that is no number ends a trial with every pruner but none.',
      ),
    mode: z
      .enum(['promote', 'delayedPromote', 'stop'])
      .default('delayedPromote')
      .describe(
        'asha, pasha and hyperband only. promote: a trial waits at its rung and goes on from its checkpoint once it ranks among the best. ' +
          'delayedPromote: the same, but never more than 1/reductionFactor of a rung go on, which spares the early arrivals that many parallel trials promote in vain. ' +
          'stop: it goes on at once or ends for good; not with pasha. Default delayedPromote.',
      ),
    by: z
      .enum(['firstObjective', 'nonDominatedRank'])
      .default('firstObjective')
      .describe(
        'asha and hyperband only: what trials are ranked by at a rung. firstObjective: the first of spec.objectives alone. ' +
          'nonDominatedRank: all of them; trials that nothing beats in everything come first, among those the ones that differ most from the others. Default firstObjective.',
      ),
    minResource: z
      .int()
      .min(1)
      .exactOptional()
      .describe('Optimizer steps at the first rung. At least 1, below maxResource. Required by all but none, which does not use it.'),
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
        'Each rung has this many times the steps of the one before; with asha, pasha and hyperband one trial in so many goes on. At least 2; default 3.',
      ),
    percentile: z
      .number()
      .gt(0)
      .lt(100)
      .exactOptional()
      .describe(
        'percentile only, and required: a trial goes on while it is within the best so many percent. Above 0, below 100; 50 is median.',
      ),
    startupTrials: z
      .int()
      .min(1)
      .default(5)
      .describe(
        'median, percentile and curve only: trials that must have been trained to the end before any is stopped. At least 1; default 5.',
      ),
    threshold: z
      .number()
      .exactOptional()
      .describe('threshold only, and required: the worst value of the objective with which a trial goes on, at every rung.'),
    patience: z
      .int()
      .min(1)
      .exactOptional()
      .describe('patience only, and required: rungs within which a trial must get better. At least 1.'),
    minProbability: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.05)
      .describe(
        'curve only: a trial that will end as good as the best so far, or better, with less than this probability ends. Above 0, below 1; default 0.05.',
      ),
    pThreshold: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.1)
      .describe(
        "wilcoxon only: a trial ends when its losses would be as much above the best one's by chance with less than this probability. It is asked at each rung anew, so take less where there are many. Above 0, below 1; default 0.1.",
      ),
    minDelta: z
      .number()
      .min(0)
      .default(0)
      .describe("patience only: it must get better by more than this, in the objective's unit. At least 0; default 0."),
  })
  .meta(
    validations(
      requiredWhere('minResource', "self.name != 'none'", '%s', 'self.name'),
      {
        rule: "self.name == 'none' || !has(self.minResource) || self.minResource < self.maxResource",
        fieldPath: '.minResource',
        messageExpression: message('must be < maxResource, which is %s, got %s', 'self.maxResource', 'self.minResource'),
      },
      ...prunerFields.flatMap((field) => [
        requiredWhere(field, `self.name == ${text(field)}`, '%s', 'self.name'),
        onlyWhere(field, `self.name == ${text(field)}`, '%s', 'self.name'),
      ]),
      {
        rule: "self.name != 'pasha' || self.mode != 'stop'",
        fieldPath: '.mode',
        message: 'must be promote or delayedPromote for pasha, under whose ceiling trials wait, got "stop"',
      },
      {
        rule: "self.name != 'pasha' || self.by == 'firstObjective'",
        fieldPath: '.by',
        messageExpression: message('must be firstObjective for pasha, got "%s"', 'self.by'),
      },
    ),
  )
  .describe('When trials are compared, and which of them end early.');
