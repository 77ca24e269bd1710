/** What is left to choose from when a sweep has several objectives. */
import { frontsOf } from './dominance.ts';
import { onlyTrials, pointsOf, type Rung, ranking } from './rung.ts';
import type { JsonNumber, Objective } from './trial.ts';
import type { TrialRow } from './trial-rows.ts';

export interface ParetoFront {
  readonly objectives: readonly Objective[];
  /** Optimizer steps after which its trials were compared. */
  readonly steps: number;
  /** The best by the first objective first. */
  readonly trials: readonly { readonly trial: number; readonly values: Readonly<Record<string, JsonNumber>> }[];
}

/**
 * The trials that no other beats in everything, among those of the highest rung that any reached without diverging:
 * what lower rungs say cannot be compared with that, and there a cost is low because little was trained.
 * @param rungs - what the trials of the search reported
 * @param steps - of each rung
 * @returns undefined where there is one objective only, or no number
 */
export function paretoFront(
  rungs: readonly Rung[],
  steps: readonly number[],
  rows: readonly TrialRow[],
  objectives: readonly Objective[],
): ParetoFront | undefined {
  if (objectives.length === 1) return undefined;
  const fronts = rungs.map((table, rung) => frontOf(onlyTrials(table, (trial) => !rungs[rung + 1]?.trials.includes(trial))));
  const top = fronts.findLastIndex(({ length }) => length > 0);
  if (top === -1) return undefined;
  const trials = fronts[top]!.map((trial) => {
    const { metrics } = rows.find((row) => row.trial === trial)!; // ! is safe: tables and rows are of the same log
    return { trial, values: Object.fromEntries(objectives.map(({ metric }) => [metric, metrics[metric]!])) };
  });
  return { objectives, steps: steps[top]!, trials };
}

/** Of the trials of one rung; none that reported NaN. */
function frontOf(table: Rung): readonly number[] {
  const points = pointsOf(table);
  const fronts = frontsOf(points);
  const isIn = (_: number, arrival: number): boolean => fronts[arrival] === 1 && !points[arrival]!.some(Number.isNaN);
  const members = new Set(table.trials.filter(isIn));
  return ranking(table).flatMap(({ trial }) => (members.has(trial) ? [trial] : []));
}
