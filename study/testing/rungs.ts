import { emptyRung, type Rung, withReport } from '../rung.ts';
import type { JsonNumber } from '../trial.ts';

/** Trials 0, 1, 2 … reported these losses, in this order. */
export const aRung = (...losses: readonly JsonNumber[]): Rung =>
  losses.reduce<Rung>((rung, loss, trial) => withReport(rung, trial, [loss]), emptyRung);

/**
 * Trials 0, 1, 2 … reported these losses at the first rungs of `count`, in the order of their numbers.
 * @param curves - losses of each trial, lowest rung first
 */
export const rungsFrom = (curves: readonly (readonly JsonNumber[])[], count: number): readonly Rung[] =>
  Array.from({ length: count }, (_, rung) =>
    curves.reduce<Rung>(
      (table, curve, trial) => (rung < curve.length ? withReport(table, trial, [curve[rung]!], examplesOf(curve[rung]!, trial)) : table),
      emptyRung,
    ),
  );

/** Losses of eight examples of a trial that has this one on average, or nearly; none for NaN. */
export const examplesOf = (loss: JsonNumber, trial: number): readonly number[] | undefined =>
  loss === null ? undefined : Array.from({ length: 8 }, (_, example) => loss + ((trial * 7 + example * 3) % 5) / 50);
