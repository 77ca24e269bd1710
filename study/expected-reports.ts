import { bracketSizes } from './pruners/hyperband.ts';
import type { PrunerSettings } from './pruners/pruner-of.ts';
import type { SweepPlan } from './sweep-state.ts';

/**
 * How many of a sweep's trials should report at a rung if none fails. A guess: threshold, patience, curve and wilcoxon may stop none, pasha is
 * taken to need all rungs, and the percentile rule to stop what it would stop of random losses.
 */
export function expectedReports({ numTrials, pruner, rungs }: Pick<SweepPlan, 'numTrials' | 'pruner' | 'rungs'>, rung: number): number {
  const startup = 'startupTrials' in pruner ? Math.min(pruner.startupTrials, numTrials) : 0;
  return startup + Math.floor((numTrials - startup) * expectedShare(pruner, rungs.length, rung));
}

function expectedShare(pruner: PrunerSettings, rungs: number, rung: number): number {
  switch (pruner.name) {
    case 'none':
    case 'threshold':
    case 'patience':
    case 'curve':
    case 'wilcoxon':
      return 1;
    case 'asha':
    case 'pasha':
      return 1 / pruner.reductionFactor ** rung;
    case 'hyperband': {
      const sizes = bracketSizes(rungs, pruner.reductionFactor);
      const left = sizes.map((size, bracket) => size / pruner.reductionFactor ** Math.max(0, rung - bracket));
      return sum(left) / sum(sizes);
    }
    case 'median':
      return 0.5 ** rung;
    case 'percentile':
      return (pruner.percentile / 100) ** rung;
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
