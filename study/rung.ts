import { compareLosses } from './order.ts';
import type { JsonNumber } from './trial.ts';

/**
 * One rung as the search sees it, in order of arrival. Columns, not rows: 10,000 trials must fit the 500 kB that a
 * workflow may carry from one run to the next.
 */
export interface Rung {
  readonly trials: readonly number[];
  /** Lower is better; `null` is NaN, worse than any number. Same length as `trials`. */
  readonly losses: readonly JsonNumber[];
  /** Trials of this rung that need no further decision here: they went on, or they ended. */
  readonly closed: readonly number[];
}

export const emptyRung: Rung = { trials: [], losses: [], closed: [] };

export function withReport(rung: Rung, trial: number, loss: JsonNumber): Rung {
  return { ...rung, trials: [...rung.trials, trial], losses: [...rung.losses, loss] };
}

export function withClosed(rung: Rung, trial: number): Rung {
  return rung.closed.includes(trial) ? rung : { ...rung, closed: [...rung.closed, trial] };
}

export interface RankedTrial {
  readonly trial: number;
  readonly loss: number;
  /** From 1. Equal losses keep their order of arrival, so a rank is never shared and NaN comes last. */
  readonly rank: number;
}

/** The trials of a rung, best first. */
export function ranking(rung: Rung): readonly RankedTrial[] {
  return rung.trials
    .map((trial, arrival) => ({ trial, arrival, loss: rung.losses[arrival] ?? Number.NaN }))
    .toSorted((a, b) => compareLosses(a.loss, b.loss) || a.arrival - b.arrival)
    .map(({ trial, loss }, index) => ({ trial, loss, rank: index + 1 }));
}

/**
 * What a trial has reported so far, lowest rung first; NaN where the report was no number.
 * @throws {RangeError} if it has not reported at each rung up to `rung`
 */
export function lossesUpTo(rungs: readonly Rung[], trial: number, rung: number): readonly number[] {
  return rungs.slice(0, rung + 1).map(({ trials, losses }, index) => {
    const loss = losses[trials.indexOf(trial)];
    if (loss === undefined) throw new RangeError(`trial ${trial} has no report at rung ${index}`);
    return loss ?? Number.NaN;
  });
}

/** Trials that reported at the rung and still wait for a decision. */
export function waitingAt(rung: Rung): readonly number[] {
  const closed = new Set(rung.closed);
  return rung.trials.filter((trial) => !closed.has(trial));
}
