import type { Proposal } from './samplers/proposal.ts';
import type { Assignment, Decision, JsonNumber, Purpose } from './trial.ts';

/**
 * Where a trial's assignment came from. `seen`: how many events of the log the sampler knew; asked again with those, it says
 * the same. The rest as in the sampler's `Proposal`.
 */
export type Origin =
  | ({ readonly by: 'sampler'; readonly seen: number } & Omit<Proposal, 'assignment'>)
  | { readonly by: 'enqueued'; readonly name: string }
  /** By its values, as `spec.enqueueAssignments` has it; `from`: the trial of an earlier sweep that had them. */
  | { readonly by: 'assigned'; readonly from?: EarlierTrial; readonly because?: string }
  | { readonly by: 'final'; readonly of: number };

/** A trial of another sweep, by the sweep's id. */
interface EarlierTrial {
  readonly sweep: string;
  readonly trial: number;
}

/** Why a trial failed: `type` is the class by which the retry policy sorts errors. */
export interface Failure {
  readonly type: string;
  readonly message: string;
}

/**
 * The truth of a sweep, in order. Samplers, pruners, budgets and the summary are functions of it, and the same log
 * gives the same answers bit for bit. `at` is milliseconds since the epoch, as told by the workflow.
 */
export type SweepEvent =
  | {
      readonly type: 'suggested';
      readonly at: number;
      readonly trial: number;
      readonly purpose: Purpose;
      readonly origin: Origin;
      readonly seed: number;
      readonly assignment: Assignment;
    }
  | {
      readonly type: 'reported';
      readonly at: number;
      readonly trial: number;
      readonly rung: number;
      readonly step: number;
      readonly metrics: Readonly<Record<string, JsonNumber>>;
      readonly cost: { readonly seconds: number; readonly gpuSeconds: number };
    }
  | { readonly type: 'decided'; readonly at: number; readonly trial: number; readonly rung: number; readonly decision: Decision }
  | { readonly type: 'failed'; readonly at: number; readonly trial: number; readonly failure: Failure }
  | { readonly type: 'finished'; readonly at: number; readonly outcome: Outcome };

export type SweepLog = readonly SweepEvent[];

/** How a sweep ended. */
export type Outcome =
  | {
      readonly result: 'succeeded';
      readonly because:
        | 'allTrialsDone'
        | 'spaceExhausted'
        | 'durationSpent'
        | 'gpuHoursSpent'
        | 'costSpent'
        | 'goalReached'
        | 'noImprovement'
        | 'noExpectedImprovement';
    }
  | { readonly result: 'failed'; readonly because: 'tooManyFailedTrials' | 'noTrialReported' | 'engineFailure'; readonly message: string }
  | { readonly result: 'cancelled' };
