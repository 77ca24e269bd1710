import type { SweepLog } from '../log.ts';
import { lossIfReported } from '../objective.ts';
import type { Assignment, Objective } from '../trial.ts';
import { searchedTrials } from './searched.ts';

/** What has become of a trial of the search. */
export interface TrialOutcome {
  readonly trial: number;
  readonly assignment: Assignment;
  /** By rung, as far as it has reported; empty for one that still runs. */
  readonly losses: readonly number[];
  /** Failed, or a loss that is no number: worse than any that was reported. */
  readonly isHopeless: boolean;
}

/** In the order in which the trials were suggested. A report without the metric is a loss that is no number. */
export function outcomesOf(log: SweepLog, objective: Objective): readonly TrialOutcome[] {
  const losses = lossesByTrial(log, objective);
  const diverged = new Set(
    log.flatMap((event) => (event.type === 'decided' && event.decision.reason.code === 'diverged' ? [event.trial] : [])),
  );
  return searchedTrials(log).map(({ trial, assignment, hasFailed }) => {
    const own = losses.get(trial) ?? [];
    return { trial, assignment, losses: own, isHopeless: hasFailed || diverged.has(trial) || own.some(Number.isNaN) };
  });
}

/** No trial leaves out a rung, and each rung is reported after those below it. */
function lossesByTrial(log: SweepLog, objective: Objective): ReadonlyMap<number, readonly number[]> {
  const losses = new Map<number, number[]>();
  for (const event of log) {
    if (event.type !== 'reported') continue;
    const own = losses.get(event.trial) ?? [];
    own[event.rung] = lossIfReported(event.metrics, objective);
    losses.set(event.trial, own);
  }
  return losses;
}
