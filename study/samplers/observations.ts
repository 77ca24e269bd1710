import type { SweepLog } from '../log.ts';
import type { Assignment, Objective } from '../trial.ts';
import { outcomesOf, type TrialOutcome } from './outcomes.ts';

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
  /** Worse than any that was reported. */
  readonly hopeless: readonly Assignment[];
  /** Running, and not heard of yet. */
  readonly pending: readonly Assignment[];
}

export function observationsOf(log: SweepLog, objective: Objective): Observations {
  const outcomes = outcomesOf(log, objective);
  const sound = outcomes.filter(({ isHopeless }) => !isHopeless);
  const rungs = Math.max(0, ...sound.map(({ losses }) => losses.length));
  return {
    rungs: Array.from({ length: rungs }, (_, rung) => rankedAt(sound, rung)),
    hopeless: assignmentsOf(outcomes.filter(({ isHopeless }) => isHopeless)),
    pending: assignmentsOf(sound.filter(({ losses }) => losses.length === 0)),
  };
}

function rankedAt(trials: readonly TrialOutcome[], rung: number): readonly Observed[] {
  return trials
    .filter(({ losses }) => losses[rung] !== undefined)
    .map(({ trial, assignment, losses }) => ({ trial, assignment, loss: losses[rung]! }))
    .sort((a, b) => a.loss - b.loss);
}

const assignmentsOf = (outcomes: readonly TrialOutcome[]): readonly Assignment[] => outcomes.map(({ assignment }) => assignment);
