import { durationMs } from './duration.ts';
import { rungsOf } from './rungs.ts';
import type { Sweep } from './spec.ts';
import type { SweepPlan } from './sweep-state.ts';

/** The part of a sweep that its workflow carries along. */
export function planOf({ spec }: Sweep): SweepPlan {
  const { name, mode, reductionFactor } = spec.pruneAlgorithm;
  return {
    objective: spec.objectives[0]!,
    pruner: name === 'asha' ? { name, mode, reductionFactor } : { name },
    rungs: rungsOf(spec.pruneAlgorithm),
    numTrials: spec.numTrials,
    maxFailedTrials: spec.maxFailedTrials,
    ...(spec.budget.duration !== undefined && { durationMs: durationMs(spec.budget.duration) }),
    finalSeeds: spec.finalSeeds,
    baselines: spec.enqueue,
    seed: spec.searchAlgorithm.seed,
  };
}
