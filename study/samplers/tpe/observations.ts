import type { SweepLog } from '../../log.ts';
import { lossOf } from '../../objective.ts';
import type { Assignment, Objective } from '../../trial.ts';
import { searchedTrials } from '../searched.ts';

/** What the search has learnt so far. Trials that have not reported yet are in neither list. */
export interface Observations {
  /** Best first: all measured at one rung. */
  readonly ranked: readonly Assignment[];
  /** Failed, or a loss that is no number: worse than any that is ranked. */
  readonly hopeless: readonly Assignment[];
}

/**
 * Losses of different rungs cannot be compared: a trial that was stopped early is not worse than one that went on, only
 * measured at another place. So all are read at one rung, the highest that enough trials have reached; those that were
 * stopped before it are left out, and those that went beyond it count with what they reported there.
 * @param enough - trials that a rung needs; `above`: any rung but the lowest
 */
export function observationsOf(
  log: SweepLog,
  objective: Objective,
  enough: { readonly lowest: number; readonly above: number },
): Observations {
  const trials = searchedTrials(log);
  const losses = lossesByRung(log, objective);
  const diverged = divergedTrials(log, losses);
  const isHopeless = (trial: number, hasFailed: boolean) => hasFailed || diverged.has(trial);

  const sound = trials.filter(({ trial, hasFailed }) => !isHopeless(trial, hasFailed));
  const tables = losses.map((table) => sound.filter(({ trial }) => table?.has(trial)));
  const rung = tables.findLastIndex(({ length }, index) => length >= (index === 0 ? enough.lowest : enough.above));
  return {
    ranked: (tables[rung] ?? [])
      .toSorted((a, b) => losses[rung]!.get(a.trial)! - losses[rung]!.get(b.trial)!)
      .map(({ assignment }) => assignment),
    hopeless: trials.filter(({ trial, hasFailed }) => isHopeless(trial, hasFailed)).map(({ assignment }) => assignment),
  };
}

/** By rung, then by trial. */
type Losses = readonly ReadonlyMap<number, number>[];

function lossesByRung(log: SweepLog, objective: Objective): Losses {
  const losses: Map<number, number>[] = [];
  for (const event of log) {
    if (event.type !== 'reported') continue;
    while (losses.length <= event.rung) losses.push(new Map());
    losses[event.rung]!.set(event.trial, Object.hasOwn(event.metrics, objective.metric) ? lossOf(event.metrics, objective) : Number.NaN);
  }
  return losses;
}

function divergedTrials(log: SweepLog, losses: Losses): ReadonlySet<number> {
  const told = log.flatMap((event) => (event.type === 'decided' && event.decision.reason.code === 'diverged' ? [event.trial] : []));
  const seen = losses.flatMap((table) => [...table].filter(([, loss]) => Number.isNaN(loss)).map(([trial]) => trial));
  return new Set([...told, ...seen]);
}
