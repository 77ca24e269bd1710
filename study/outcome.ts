import type { Outcome } from './log.ts';

/** Why a search that succeeded came to its end. */
export type Ending = Extract<Outcome, { readonly result: 'succeeded' }>['because'];

/** How a sweep ended, as a person reads it: "budget.gpuHours is spent". */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.result) {
    case 'succeeded':
      return endingTexts[outcome.because];
    case 'failed':
      return outcome.message;
    case 'cancelled':
      return 'it was cancelled';
  }
}

const endingTexts: Readonly<Record<Ending, string>> = {
  allTrialsDone: 'all trials are done',
  spaceExhausted: 'the sampler has nothing left to try',
  durationSpent: 'budget.duration is spent',
  gpuHoursSpent: 'budget.gpuHours is spent',
  costSpent: 'budget.cost is spent',
  goalReached: 'a trial reached the goal',
  noImprovement: 'the best result has not improved within budget.noImprovement.trials',
  noExpectedImprovement: 'the sampler expects too little of what is left to try, by budget.noExpectedImprovement',
};
