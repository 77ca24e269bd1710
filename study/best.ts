import { type RankedTrial, ranking } from './rung.ts';
import type { SweepState } from './sweep-state.ts';

/** A trial's standing in the whole sweep: the rung it got to counts first, then its loss there. */
export interface Standing extends RankedTrial {
  readonly rung: number;
}

/**
 * The best trials so far, best first. A loss at a higher rung is worth more than any at a lower one, because losses of
 * different rungs cannot be compared. A trial whose last loss is NaN is left out, however good it was before.
 */
export function bestTrials(state: Pick<SweepState, 'rungs'>, count: number): readonly Standing[] {
  const seen = new Set<number>();
  const best: Standing[] = [];
  for (let rung = state.rungs.length - 1; rung >= 0 && best.length < count; rung -= 1) {
    for (const entry of ranking(state.rungs[rung]!)) {
      if (best.length === count) break;
      if (!seen.has(entry.trial) && !Number.isNaN(entry.loss)) best.push({ ...entry, rung });
      seen.add(entry.trial);
    }
  }
  return best;
}
