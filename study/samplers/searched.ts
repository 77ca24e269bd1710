import type { SweepLog } from '../log.ts';
import type { Assignment } from '../trial.ts';

/** A trial of the search as the log has it, enqueued baselines included, final re-trainings not. */
export interface SearchedTrial {
  readonly trial: number;
  readonly assignment: Assignment;
  readonly hasFailed: boolean;
  /** It failed because the trainer says that its configuration cannot be. */
  readonly isInfeasible: boolean;
  /** By the sampler; an enqueued baseline is not. */
  readonly isSampled: boolean;
}

/** In the order in which they were suggested. */
export function searchedTrials(log: SweepLog): readonly SearchedTrial[] {
  const failures = new Map(log.filter((event) => event.type === 'failed').map(({ trial, failure }) => [trial, failure.type]));
  return log
    .filter((event) => event.type === 'suggested')
    .filter(({ purpose }) => purpose === 'search')
    .map(({ trial, assignment, origin }) => ({
      trial,
      assignment,
      hasFailed: failures.has(trial),
      isInfeasible: failures.get(trial) === 'BadConfiguration',
      isSampled: origin.by === 'sampler',
    }));
}
