import type { Assignment } from '../trial.ts';

/** What a sampler would try next. */
export interface Proposal {
  readonly assignment: Assignment;
  /** Drawn from the space whatever the trials reported: such trials are an unbiased sample of it. */
  readonly panel?: true;
  /**
   * By how much the sampler's model expects the trial to better the best one, in the unit of the objective that it learns from: the mean
   * over all that may come, where what is worse counts as 0. Samplers without a model of the loss do not say.
   */
  readonly expectedImprovement?: number;
}
