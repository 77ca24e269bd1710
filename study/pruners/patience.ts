import { lossesUpTo } from '../rung.ts';
import type { Pruner } from './pruner.ts';

export interface PatienceSettings {
  /** Rungs over which a trial must get better; at least 1. */
  readonly patience: number;
  /** It must get better by more than this, in the objective's unit; at least 0. */
  readonly minDelta: number;
}

/**
 * Stops a trial whose best loss of the last `patience` rungs is not below its best before them by more than `minDelta`.
 * Optuna's PatientPruner has the same two windows, but takes its `min_delta` the other way round, as a worsening that is
 * forgiven; here it is a gain that is asked for, as in the early stopping of training loops.
 */
export function patience({ patience, minDelta }: PatienceSettings): Pruner {
  return {
    decide: (rungs, trial, rung) => {
      const losses = lossesUpTo(rungs, trial, rung);
      if (Number.isNaN(losses.at(-1))) return { action: 'stop', reason: { code: 'diverged' } };
      const needed = patience + 1;
      if (losses.length < needed) return { action: 'continue', reason: { code: 'tooFewRungs', of: losses.length, needed } };
      const gain = Math.min(...losses.slice(0, -patience)) - Math.min(...losses.slice(-patience));
      return gain > minDelta
        ? { action: 'continue', reason: { code: 'improved', gain, minDelta, patience } }
        : { action: 'stop', reason: { code: 'notImproved', gain, minDelta, patience } };
    },
    promotion: () => undefined,
  };
}
