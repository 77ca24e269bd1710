import type { SweepLog } from '../../log.ts';
import { lossOf } from '../../objective.ts';
import type { Assignment, Objective } from '../../trial.ts';
import { searchedTrials } from '../searched.ts';

export interface Observed {
  readonly trial: number;
  readonly assignment: Assignment;
  readonly loss: number;
}

/** What the search has learnt so far. */
export interface Observations {
  /**
   * What trials reported at each rung, from the lowest; best first. Losses of different rungs are not compared: a trial
   * that was stopped early is not worse than one that went on, only measured at another place.
   */
  readonly rungs: readonly (readonly Observed[])[];
  /** Failed, or a loss that is no number: worse than any that was reported. */
  readonly hopeless: readonly Assignment[];
  /** Running, and not heard of yet. */
  readonly pending: readonly Assignment[];
}

export function observationsOf(log: SweepLog, objective: Objective): Observations {
  const trials = searchedTrials(log);
  const losses = lossesByRung(log, objective);
  const diverged = divergedTrials(log, losses);
  const hopeless = trials.filter(({ trial, hasFailed }) => hasFailed || diverged.has(trial));
  const sound = trials.filter(({ trial, hasFailed }) => !hasFailed && !diverged.has(trial));
  const assignments = (of: typeof trials) => of.map(({ assignment }) => assignment);
  return {
    rungs: losses.map((table) =>
      sound
        .flatMap(({ trial, assignment }) => (table.has(trial) ? [{ trial, assignment, loss: table.get(trial)! }] : []))
        .sort((a, b) => a.loss - b.loss),
    ),
    hopeless: assignments(hopeless),
    pending: assignments(sound.filter(({ trial }) => !losses.some((table) => table.has(trial)))),
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
