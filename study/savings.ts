import type { Cost } from './cost.ts';
import type { TrialRow } from './trial-rows.ts';

/** What the search's reports cost, and what they would have cost had no trial ended early. */
export interface Savings {
  readonly spent: Cost;
  readonly unpruned: Cost;
}

/**
 * Each trial of the search taken to the end at the pace that it had. Trials that never reported are in neither sum.
 * @param horizon - optimizer steps of a whole trial
 */
export function savingsOf(search: readonly TrialRow[], horizon: number): Savings {
  const reported = search.filter(({ step }) => step > 0);
  return {
    spent: total(reported),
    unpruned: total(
      reported.map(({ seconds, gpuSeconds, step }) => ({ seconds: (seconds * horizon) / step, gpuSeconds: (gpuSeconds * horizon) / step })),
    ),
  };
}

/** The savings in the currency that there is: GPU-time, or where no GPU was used, the time of trainers. */
export function savingsIn({ spent, unpruned }: Savings): {
  readonly unit: 'GPU' | 'trainer';
  readonly spent: number;
  readonly unpruned: number;
} {
  return unpruned.gpuSeconds > 0
    ? { unit: 'GPU', spent: spent.gpuSeconds, unpruned: unpruned.gpuSeconds }
    : { unit: 'trainer', spent: spent.seconds, unpruned: unpruned.seconds };
}

export function total(costs: readonly Cost[]): Cost {
  return costs.reduce((sum, cost) => ({ seconds: sum.seconds + cost.seconds, gpuSeconds: sum.gpuSeconds + cost.gpuSeconds }), {
    seconds: 0,
    gpuSeconds: 0,
  });
}
