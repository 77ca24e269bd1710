import { bestTrials } from './best.ts';
import { expectedReports } from './expected-reports.ts';
import type { Outcome } from './log.ts';
import { valueOfLoss } from './objective.ts';
import { outcomeSoFar, runningTrials, type SweepState, waitingTrials } from './sweep-state.ts';
import type { JsonNumber } from './trial.ts';

/** A sweep in a few numbers, whatever its size: the answer to the workflow's `progress` query. */
export interface Progress {
  readonly phase: 'search' | 'final' | 'closing';
  /** Once the search has ended: how, as far as that is known before the final trainings. */
  readonly outcome?: Outcome;
  /** Of the object that it follows, as far as it has heard of edits; absent when there is no object. */
  readonly generation?: number;
  readonly paused: boolean;
  readonly startedAt: number;
  readonly suggested: number;
  readonly numTrials: number;
  readonly parallelTrials: number;
  readonly running: readonly { readonly trial: number; readonly rung: number }[];
  readonly waiting: number;
  /** Trials of the search that have ended, failed ones included. */
  readonly done: number;
  readonly failed: number;
  readonly finals: { readonly started: number; readonly of: number };
  readonly rungs: readonly { readonly steps: number; readonly reports: number }[];
  /** Optimizer steps: reported so far, and expected in all if no trial fails. */
  readonly work: { readonly done: number; readonly expected: number };
  /** Spent by reports of the search so far. */
  readonly gpuSeconds: number;
  /** The ten best, best first, with the objective's value as the user counts it. */
  readonly best: readonly { readonly trial: number; readonly rung: number; readonly value: JsonNumber }[];
}

export function progressOf(state: SweepState): Progress {
  const { plan, phase } = state;
  const started = state.finalsStarted;
  const suggested = state.nextTrial - started;
  const waiting = waitingTrials(state).length;
  const outcome = outcomeSoFar(phase);
  return {
    phase: phase.name,
    ...(outcome && { outcome }),
    ...(state.generation !== undefined && { generation: state.generation }),
    paused: state.paused,
    startedAt: state.startedAt,
    suggested,
    numTrials: plan.numTrials,
    parallelTrials: state.parallelTrials,
    running: runningTrials(state).map(({ trial, rung }) => ({ trial, rung })),
    waiting,
    done: suggested - waiting - state.live.filter(({ purpose }) => purpose === 'search').length,
    failed: state.failedTrials,
    finals: { started, of: started + (phase.name === 'final' ? phase.queue.length : 0) },
    rungs: state.rungs.map(({ trials }, rung) => ({ steps: plan.rungs[rung]!, reports: trials.length })),
    work: workOf(state),
    gpuSeconds: state.ledger.gpuSeconds,
    best: bestTrials(state, 10).map(({ trial, rung, loss }) => ({
      trial,
      rung,
      value: valueOfLoss(loss, plan.objectives[0]!.direction),
    })),
  };
}

function workOf({ plan, rungs, finalsStarted, phase, live }: SweepState): Progress['work'] {
  const steps = plan.rungs.map((until, rung) => until - (plan.rungs[rung - 1] ?? 0));
  const horizon = plan.rungs.at(-1)!;
  const finalsRunning = live.filter(({ purpose, state }) => purpose === 'final' && state === 'running').length;
  const reached = sum(rungs.map(({ trials }, rung) => trials.length * steps[rung]!));
  const isSearching = phase.name === 'search';
  const expected = isSearching ? sum(steps.map((step, rung) => step * expectedReports(plan, rung))) : reached;
  const finals = isSearching
    ? (plan.baselines.length + 1) * plan.finalSeeds
    : finalsStarted + (phase.name === 'final' ? phase.queue.length : 0);
  return { done: reached + (finalsStarted - finalsRunning) * horizon, expected: expected + finals * horizon };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
