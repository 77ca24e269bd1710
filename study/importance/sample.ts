import type { SweepLog } from '../log.ts';
import { lossOf } from '../objective.ts';
import { compareLosses } from '../order.ts';
import { reportsOf } from '../rung-tables.ts';
import type { Assignment, Objective } from '../trial.ts';
import { trialRows } from '../trial-rows.ts';

/** Below so many trials nothing is said. */
export const fewestTrials = 10;
/** A panel of at least so many stands for itself; a smaller one is filled up with what the sampler chose. */
const enoughForPanel = 20;
/** More tell little more and take long. */
const mostTrials = 300;

/** The trials that importance is estimated from. */
export interface Sample {
  /** `panel`: drawn blindly, so that they stand for the whole space. `grid`: so do these. `searched`: some were chosen by a sampler that had learnt. */
  readonly kind: 'panel' | 'grid' | 'searched';
  readonly assignments: readonly Assignment[];
  /** One per trial, as if each had been trained to the end; NaN for one that diverged. */
  readonly losses: readonly number[];
}

/**
 * A trial that ended at an early rung is lifted to the last one by the median change, from each rung to the next, of the
 * trials that reached both: without it only the survivors of pruning would count. Baselines were not drawn, so they count
 * for the changes only.
 * @param sampler - name of the search algorithm
 */
export function sampleOf(log: SweepLog, objective: Objective, sampler: string): Sample {
  const curves = lossesByTrial(log, objective);
  const changes = changesBetweenRungs([...curves.values()]);
  const lifted = (curve: readonly number[]): number =>
    changes.slice(curve.length - 1).reduce((loss, change) => loss + change, curve.at(-1)!);
  const drawn = trialRows(log).flatMap(({ trial, origin, assignment }) => {
    const curve = curves.get(trial);
    return origin.by === 'sampler' && curve !== undefined ? [{ assignment, loss: lifted(curve), isPanel: origin.panel === true }] : [];
  });
  const panel = drawn.filter(({ isPanel }) => isPanel);
  const isEnough = panel.length >= enoughForPanel || panel.length === drawn.length;
  const trials = (isEnough ? panel : drawn).slice(0, mostTrials);
  return {
    kind: isEnough ? 'panel' : sampler === 'grid' ? 'grid' : 'searched',
    assignments: trials.map(({ assignment }) => assignment),
    losses: trials.map(({ loss }) => loss),
  };
}

/** What each trial of the search reported, rung by rung. */
function lossesByTrial(log: SweepLog, objective: Objective): ReadonlyMap<number, readonly number[]> {
  const curves = new Map<number, number[]>();
  for (const { trial, metrics } of reportsOf(log, 'search')) {
    const curve = curves.get(trial) ?? [];
    curves.set(trial, curve);
    curve.push(lossOf(metrics, objective));
  }
  return curves;
}

/** Entry r: the median change from rung r to rung r + 1. */
function changesBetweenRungs(curves: readonly (readonly number[])[]): readonly number[] {
  const rungs = Math.max(0, ...curves.map(({ length }) => length));
  return Array.from({ length: Math.max(0, rungs - 1) }, (_, rung) => {
    const changes = curves.flatMap((curve) => (curve.length > rung + 1 ? [curve[rung + 1]! - curve[rung]!] : []));
    return changes.sort(compareLosses)[Math.floor((changes.length - 1) / 2)]!;
  });
}
