import type { SweepLog } from '../log.ts';
import { lossOf } from '../objective.ts';
import type { Objective } from '../trial.ts';

/** The trial that would have been named best from a moment on. */
export interface BestSince {
  readonly at: number;
  readonly trial: number;
  readonly rung: number;
  readonly loss: number;
}

/**
 * Who was best when: the highest rung counts first, then the loss there, then who was there first. Final re-trainings do
 * not count. Each entry holds until the next; the last is the trial that the sweep names.
 */
export function bestOverTime(log: SweepLog, objective: Objective): readonly BestSince[] {
  const searched = new Set(log.flatMap((event) => (event.type === 'suggested' && event.purpose === 'search' ? [event.trial] : [])));
  const best: BestSince[] = [];
  for (const event of log) {
    if (event.type !== 'reported' || !searched.has(event.trial)) continue;
    const { at, trial, rung } = event;
    const loss = lossOf(event.metrics, objective);
    const last = best.at(-1);
    const isBetter = last === undefined || rung > last.rung || (rung === last.rung && loss < last.loss);
    if (isBetter && !Number.isNaN(loss)) best.push({ at, trial, rung, loss });
  }
  return best;
}
