import type { RandomStream } from '../random.ts';
import type { Suggestion } from '../suggestion.ts';
import type { JsonNumber } from '../trial.ts';

/** What a trainer gets to know of a trial, as far as a simulated one cares. */
export type Configuration = Omit<Suggestion, 'origin'>;

/** Stands for the training of a trial: a learning curve that costs nothing to follow. */
export interface SimulatedObjective {
  /** What a trial reports after a number of optimizer steps; noise comes from `random`. `null` is NaN. */
  readonly metricsAt: (configuration: Configuration, step: number, random: RandomStream) => Readonly<Record<string, JsonNumber>>;
  readonly secondsPerStep: (configuration: Configuration) => number;
}
