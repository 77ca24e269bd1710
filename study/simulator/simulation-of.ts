import type { ModelShape } from '../layerwise.ts';
import type { Sweep } from '../spec.ts';
import { suggestionOf } from '../suggestion.ts';
import { planOf } from '../sweep-plan.ts';
import type { Simulation } from './simulate.ts';
import type { ClusterSettings } from './virtual-cluster.ts';

/** A checked sweep as it would run, but for where its trials run. */
export function simulationOf(sweep: Sweep, model: ModelShape | undefined, cluster: ClusterSettings): Simulation {
  return {
    plan: planOf(sweep),
    parallelTrials: sweep.spec.parallelTrials,
    suggest: (trial, log) => suggestionOf(sweep, model, trial, log),
    cluster,
  };
}
