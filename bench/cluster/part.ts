import type { Gate } from '../gates.ts';
import type { BenchSystem } from './system.ts';

/** How much is run. */
export interface Scale {
  /** Measured one after the other and in turn, so that what else the machine does meets both sides. */
  readonly rounds: number;
  readonly trialsPerRound: number;
  /** Trials of the sweeps that are compared with each other. */
  readonly sizes: readonly number[];
  /** Trials that are alive at the same time when the worker's memory is read. */
  readonly live: number;
  readonly kwokNodes: number;
  /** What is changed in the spec of the example sweep. */
  readonly example: Readonly<Record<string, unknown>>;
}

/** One question, and what was measured. */
export type Part = (system: BenchSystem, scale: Scale) => Promise<Report>;

export interface Report {
  readonly title: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly gates: readonly Gate[];
}
