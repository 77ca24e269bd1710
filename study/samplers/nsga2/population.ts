import { type Losses, paretoOrder } from '../../dominance.ts';
import type { SweepLog } from '../../log.ts';
import { lossIfReported } from '../../objective.ts';
import type { Assignment, Objective } from '../../trial.ts';
import { searchedTrials } from '../searched.ts';

/**
 * The configurations that may have children, best first: of all trials measured at one rung the `size` best. Each
 * suggestion so sees a generation of its own, whatever trials run beside it. Losses of different rungs are never
 * compared: the rung is the highest that `size` trials have reached with numbers. Failed trials, and those that
 * diverged, are dominated by all others (Deb et al., section VI) and so never among them.
 * @returns nothing until a rung has `size` of them
 */
export function populationOf(log: SweepLog, objectives: readonly Objective[], size: number): readonly Assignment[] {
  const trials = searchedTrials(log).filter(({ hasFailed }) => !hasFailed);
  const tables = lossesByRung(log, objectives);
  const measured = tables.map((table) => trials.filter(({ trial }) => table.get(trial)?.every(Number.isFinite)));
  const rung = measured.findLastIndex(({ length }) => length >= size);
  if (rung === -1) return [];
  const found = measured[rung]!;
  const points = found.map(({ trial }) => tables[rung]!.get(trial)!);
  return paretoOrder(points)
    .slice(0, size)
    .map((index) => found[index]!.assignment);
}

/** By rung, then by trial. */
function lossesByRung(log: SweepLog, objectives: readonly Objective[]): readonly ReadonlyMap<number, Losses>[] {
  const tables: Map<number, Losses>[] = [];
  for (const event of log) {
    if (event.type !== 'reported') continue;
    while (tables.length <= event.rung) tables.push(new Map());
    tables[event.rung]!.set(
      event.trial,
      objectives.map((objective) => lossIfReported(event.metrics, objective)),
    );
  }
  return tables;
}
