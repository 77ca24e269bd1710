import { durationMs } from './duration.ts';
import type { PashaSettings } from './pruners/pasha.ts';
import type { PrunerSettings } from './pruners/pruner-of.ts';
import { rungsOf } from './rungs.ts';
import type { Sweep } from './spec.ts';
import type { SweepPlan } from './sweep-state.ts';

/** The part of a sweep that its workflow carries along. */
export function planOf({ spec }: Sweep): SweepPlan {
  const { duration, gpuHours, cost, noImprovement, noExpectedImprovement } = spec.budget;
  return {
    objectives: spec.objectives,
    pruner: prunerSettings(spec),
    rungs: rungsOf(spec.pruneAlgorithm),
    numTrials: spec.numTrials,
    maxFailedTrials: spec.maxFailedTrials,
    ...(duration !== undefined && { durationMs: durationMs(duration) }),
    ...(gpuHours !== undefined && { gpuHours }),
    ...(cost !== undefined && { cost }),
    ...(noImprovement !== undefined && { noImprovement }),
    ...(noExpectedImprovement !== undefined && { noExpectedImprovement }),
    finalSeeds: spec.finalSeeds,
    baselines: spec.enqueue,
    seed: spec.searchAlgorithm.seed,
  };
}

/** Of the fields that pruners share those that the named one reads. The spec was checked: what it requires is there. */
function prunerSettings({ pruneAlgorithm, objectives, searchAlgorithm }: Sweep['spec']): PrunerSettings {
  const { direction } = objectives[0]!;
  const { name, mode, by, reductionFactor, percentile, startupTrials, threshold, patience, minDelta, minProbability, pThreshold } =
    pruneAlgorithm;
  switch (name) {
    case 'none':
      return { name };
    case 'asha':
    case 'hyperband':
      return { name, mode, by, reductionFactor, direction };
    case 'pasha':
      return { name, mode: mode as PashaSettings['mode'], reductionFactor, direction }; // the check leaves no stop
    case 'median':
      return { name, startupTrials, direction };
    case 'percentile':
      return { name, percentile: percentile!, startupTrials, direction };
    case 'threshold':
      return { name, threshold: threshold!, direction };
    case 'patience':
      return { name, patience: patience!, minDelta };
    case 'curve':
      return { name, minProbability, startupTrials, steps: rungsOf(pruneAlgorithm), seed: searchAlgorithm.seed, direction };
    case 'wilcoxon':
      return { name, pThreshold };
  }
}
