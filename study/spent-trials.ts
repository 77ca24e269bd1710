import type { SweepLog } from './log.ts';
import { waitingInVain } from './pruners/waiting-in-vain.ts';
import { emptyRung } from './rung.ts';
import { reportsOf, rungTables } from './rung-tables.ts';
import type { SweepPlan } from './sweep-state.ts';
import type { Decision } from './trial.ts';

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
  const last = new Map<number, Decision['action']>();
  for (const event of log) {
    if (event.type === 'decided') last.set(event.trial, event.decision.action);
    else if (event.type === 'failed') last.set(event.trial, 'stop');
  }
  const told = (action: Decision['action']): readonly number[] => [...last].flatMap(([trial, of]) => (of === action ? [trial] : []));
  const reached = rungTables(reportsOf(log, 'search'), objectives);
  const tables = rungs.map((_, rung) => reached[rung] ?? emptyRung);
  return [...told('stop'), ...waitingInVain(pruner, tables, new Set(told('pause')), numTrials)];
}
