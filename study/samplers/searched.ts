import type { SweepLog } from '../log.ts';
import type { Assignment } from '../trial.ts';

/** A trial of the search as the log has it, enqueued baselines included, final re-trainings not. */
export interface SearchedTrial {
  readonly trial: number;
  readonly assignment: Assignment;
  readonly hasFailed: boolean;
  /** By the sampler; an enqueued baseline is not. */
  readonly isSampled: boolean;
}

/** In the order in which they were suggested. */
export function searchedTrials(log: SweepLog): readonly SearchedTrial[] {
  const failed = new Set(log.filter((event) => event.type === 'failed').map(({ trial }) => trial));
  return log
    .filter((event) => event.type === 'suggested')
    .filter(({ purpose }) => purpose === 'search')
    .map(({ trial, assignment, origin }) => ({ trial, assignment, hasFailed: failed.has(trial), isSampled: origin.by === 'sampler' }));
}
