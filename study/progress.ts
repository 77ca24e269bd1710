import { bestTrials } from './best.ts';
import { runningTrials, type SweepState, waitingTrials } from './sweep-state.ts';
import type { JsonNumber } from './trial.ts';

/** A sweep in a few numbers, whatever its size: the answer to the workflow's `progress` query. */
export interface Progress {
  readonly phase: 'search' | 'final' | 'closing';
  readonly paused: boolean;
  readonly startedAt: number;
  readonly suggested: number;
  readonly numTrials: number;
  readonly parallelTrials: number;
  readonly running: readonly { readonly trial: number; readonly rung: number }[];
  readonly waiting: number;
  readonly failed: number;
  readonly finals: { readonly started: number; readonly of: number };
  readonly rungs: readonly { readonly steps: number; readonly reports: number }[];
  /** The ten best, best first, with the objective's value as the user counts it. */
  readonly best: readonly { readonly trial: number; readonly rung: number; readonly value: JsonNumber }[];
}

export function progressOf(state: SweepState): Progress {
  const { plan, phase } = state;
  const started = state.finalsStarted;
  return {
    phase: phase.name,
    paused: state.paused,
    startedAt: state.startedAt,
    suggested: state.nextTrial - started,
    numTrials: plan.numTrials,
    parallelTrials: state.parallelTrials,
    running: runningTrials(state).map(({ trial, rung }) => ({ trial, rung })),
    waiting: waitingTrials(state).length,
    failed: state.failedTrials,
    finals: { started, of: started + (phase.name === 'final' ? phase.queue.length : 0) },
    rungs: state.rungs.map(({ trials }, rung) => ({ steps: plan.rungs[rung]!, reports: trials.length })),
    best: bestTrials(state, 10).map(({ trial, rung, loss }) => ({
      trial,
      rung,
      value: plan.objective.direction === 'maximize' ? -loss : loss,
    })),
  };
}
