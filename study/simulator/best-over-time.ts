import { bestTrials } from '../best.ts';
import type { SweepLog } from '../log.ts';
import type { Rung } from '../rung.ts';
import { reportsOf, withReported } from '../rung-tables.ts';
import type { Objective } from '../trial.ts';

/** The trial that would have been named best from a moment on. */
export interface BestSince {
  readonly at: number;
  readonly trial: number;
  readonly rung: number;
  readonly loss: number;
}

/** Who was best when, by `bestTrials`. Each entry holds until the next; the last is the trial that the sweep names. */
export function bestOverTime(log: SweepLog, objectives: readonly Objective[]): readonly BestSince[] {
  const best: BestSince[] = [];
  let rungs: readonly Rung[] = [];
  for (const report of reportsOf(log, 'search')) {
    rungs = withReported(rungs, report, objectives);
    const [now] = bestTrials({ rungs }, 1);
    const last = best.at(-1);
    if (now === undefined || (now.trial === last?.trial && now.rung === last.rung)) continue;
    best.push({ at: report.at, trial: now.trial, rung: now.rung, loss: now.loss });
  }
  return best;
}
