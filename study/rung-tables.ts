import type { SweepEvent, SweepLog } from './log.ts';
import { lossesOf } from './objective.ts';
import { emptyRung, type Rung, withReport } from './rung.ts';
import type { Objective, Purpose } from './trial.ts';

type Reported = Extract<SweepEvent, { readonly type: 'reported' }>;

/** What the trials of one purpose reported, in order of arrival. Final trials have a rung 0 of their own, at the horizon. */
export function reportsOf(log: SweepLog, purpose: Purpose): readonly Reported[] {
  const trials = new Set(log.flatMap((event) => (event.type === 'suggested' && event.purpose === purpose ? [event.trial] : [])));
  return log.filter((event) => event.type === 'reported').filter(({ trial }) => trials.has(trial));
}

/**
 * The rung tables as the sweep's workflow carries them, from the lowest to the highest that was reached; nothing is
 * known here of who needs no further decision.
 * @throws {MissingMetricError} if a report lacks an objective's metric
 */
export function rungTables(reports: readonly Reported[], objectives: readonly Objective[]): readonly Rung[] {
  const byRung = Map.groupBy(reports, ({ rung }) => rung);
  return Array.from({ length: byRung.size }, (_, rung) => tableOf(byRung.get(rung)!, objectives)); // ! is safe: no trial leaves out a rung
}

function tableOf(reports: readonly Reported[], objectives: readonly Objective[]): Rung {
  const points = reports.map(({ metrics }) => lossesOf(metrics, objectives));
  const [losses = [], ...others] = objectives.map((_, column) => points.map((point) => point[column]!));
  return { ...emptyRung, trials: reports.map(({ trial }) => trial), losses, ...(others.length > 0 && { others }) };
}

/** The tables with one more report. */
export function withReported(
  tables: readonly Rung[],
  { trial, rung, metrics }: Pick<Reported, 'trial' | 'rung' | 'metrics'>,
  objectives: readonly Objective[],
): readonly Rung[] {
  const table = withReport(tables[rung] ?? emptyRung, trial, lossesOf(metrics, objectives));
  return rung === tables.length ? [...tables, table] : tables.with(rung, table); // no trial leaves out a rung
}
