import { emptyRung, type Rung, withReport } from '../rung.ts';
import type { JsonNumber } from '../trial.ts';

/** Trials 0, 1, 2 … reported these losses, in this order. */
export const aRung = (...losses: readonly JsonNumber[]): Rung =>
  losses.reduce<Rung>((rung, loss, trial) => withReport(rung, trial, [loss]), emptyRung);
