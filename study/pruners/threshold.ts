import { valueOfLoss } from '../objective.ts';
import { lossesUpTo } from '../rung.ts';
import type { Objective } from '../trial.ts';
import type { Pruner } from './pruner.ts';

export interface ThresholdSettings {
  /** A value of the objective. A trial that reports a worse one is stopped; an equal one goes on. */
  readonly threshold: number;
  readonly direction: Objective['direction'];
}

/** Stops what is hopeless by itself, whatever the others do. Optuna's ThresholdPruner with the one bound that the direction asks for. */
export function threshold({ threshold, direction }: ThresholdSettings): Pruner {
  return {
    decide: (rungs, trial, rung) => {
      const loss = lossesUpTo(rungs, trial, rung).at(-1)!;
      if (Number.isNaN(loss)) return { action: 'stop', reason: { code: 'diverged' } };
      const value = valueOfLoss(loss, direction);
      const isWorse = direction === 'maximize' ? value < threshold : value > threshold;
      return isWorse
        ? { action: 'stop', reason: { code: 'beyondThreshold', value, threshold } }
        : { action: 'continue', reason: { code: 'withinThreshold', value, threshold } };
    },
    promotion: () => undefined,
  };
}
