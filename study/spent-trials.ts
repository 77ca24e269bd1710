import type { SweepLog } from './log.ts';
import { waitingInVain } from './pruners/waiting-in-vain.ts';
import { emptyRung } from './rung.ts';
import { reportsOf, rungTables } from './rung-tables.ts';
import type { SweepPlan } from './sweep-state.ts';
import { trialRows } from './trial-rows.ts';

/**
 * Trials that will never be trained on since the newest events of a log: they have ended or failed, or wait in vain. Nobody needs their
 * checkpoints any more. Should the sweep be extended, one that waited in vain may be promoted after all, and begins again.
 * @param newest - how many events at the end of the log are new
 */
export function newlySpent(log: SweepLog, newest: number, plan: SweepPlan): readonly number[] {
  const before = new Set(spentTrials(log.slice(0, log.length - newest), plan));
  return spentTrials(log, plan).filter((trial) => !before.has(trial));
}

function spentTrials(log: SweepLog, { objectives, pruner, rungs, numTrials }: SweepPlan): readonly number[] {
  const rows = trialRows(log);
  const over = rows.flatMap(({ trial, state }) => (state === 'ended' || state === 'failed' ? [trial] : []));
  const waiting = new Set(rows.flatMap(({ trial, state }) => (state === 'waiting' ? [trial] : [])));
  const reached = rungTables(reportsOf(log, 'search'), objectives);
  const tables = rungs.map((_, rung) => reached[rung] ?? emptyRung);
  return [...over, ...waitingInVain(pruner, tables, waiting, numTrials)];
}
