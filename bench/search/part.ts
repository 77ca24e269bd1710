import type { Gate } from '../gates.ts';
import type { Job, Results } from './contest.ts';

/** How much is run. */
export interface Scale {
  readonly seeds: number;
  /** Where a run of the peer takes most of a minute. */
  readonly fewSeeds: number;
}

/** One comparison: what is to be measured, and what it comes to. */
export interface Part {
  /** Jobs that may run at a time: one where the clock counts. */
  readonly slots: 1 | 2;
  readonly jobs: (scale: Scale) => readonly Job[];
  readonly report: (scale: Scale, results: Results) => Report;
}

export interface Report {
  readonly title: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly gates: readonly Gate[];
}

export const seedsUpTo = (count: number): readonly number[] => Array.from({ length: count }, (_, seed) => seed);
