import type { Origin, SweepLog } from './log.ts';
import type { Assignment, Decision, JsonNumber, Purpose } from './trial.ts';

/** One trial in a line: what the log knows of it. */
export interface TrialRow {
  readonly trial: number;
  readonly purpose: Purpose;
  readonly origin: Origin;
  readonly seed: number;
  readonly assignment: Assignment;
  readonly state: 'running' | 'waiting' | 'ended' | 'failed';
  /** The highest rung that it reported, or nothing. */
  readonly rung?: number;
  readonly step: number;
  /** As reported at that rung. */
  readonly metrics: Readonly<Record<string, JsonNumber>>;
  readonly seconds: number;
  readonly gpuSeconds: number;
  /** The last decision about it. */
  readonly decision?: Decision;
  readonly failure?: string;
}

/** All trials of a log in the order of their numbers. A sweep that is over has no running trial, so what ran at its end counts as ended. */
export function trialRows(log: SweepLog): readonly TrialRow[] {
  const rows = new Map<number, TrialRow>();
  const change = (trial: number, with_: (row: TrialRow) => Partial<TrialRow>): void => {
    const row = rows.get(trial);
    if (row !== undefined) rows.set(trial, { ...row, ...with_(row) });
  };
  for (const event of log) {
    switch (event.type) {
      case 'suggested': {
        const { trial, purpose, origin, seed, assignment } = event;
        rows.set(trial, { trial, purpose, origin, seed, assignment, state: 'running', step: 0, metrics: {}, seconds: 0, gpuSeconds: 0 });
        break;
      }
      case 'reported': {
        const { rung, step, metrics, cost } = event;
        change(event.trial, (row) => ({
          rung,
          step,
          metrics,
          seconds: row.seconds + cost.seconds,
          gpuSeconds: row.gpuSeconds + cost.gpuSeconds,
        }));
        break;
      }
      case 'decided': {
        const { decision } = event;
        change(event.trial, () => ({ decision, state: stateAfter(decision) }));
        break;
      }
      case 'failed':
        change(event.trial, () => ({ state: 'failed', failure: `${event.failure.type}: ${event.failure.message}` }));
        break;
      case 'finished':
        break;
    }
  }
  return [...rows.values()].toSorted((a, b) => a.trial - b.trial);
}

function stateAfter({ action }: Decision): TrialRow['state'] {
  switch (action) {
    case 'continue':
      return 'running';
    case 'pause':
      return 'waiting';
    case 'stop':
      return 'ended';
  }
}
