import type { Rung } from '../rung.ts';
import type { Decision, Reason } from '../trial.ts';

/** A paused trial that has earned the next rung. */
export interface Promotion {
  readonly trial: number;
  /** The rung it goes on to. */
  readonly rung: number;
  readonly reason: Reason;
}

/** Pure functions of the rung tables, which are a fold of the event log. Rung 0 is the lowest. */
export interface Pruner {
  /**
   * Decides about a trial right after its report at `rung`, which is already in the table. Never asked at the top rung.
   * @param paired - its losses by example, if it reported them: the table keeps the best trial's alone
   */
  readonly decide: (rungs: readonly Rung[], trial: number, rung: number, paired?: readonly number[]) => Decision;
  /** The paused trial that should go on before anything new starts, if there is one. */
  readonly promotion: (rungs: readonly Rung[]) => Promotion | undefined;
}
