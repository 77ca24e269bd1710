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
    curves.reduce<Rung>((table, curve, trial) => (rung < curve.length ? withReport(table, trial, [curve[rung]!]) : table), emptyRung),
  );
