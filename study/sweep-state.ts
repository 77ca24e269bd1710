import type { Outcome, SweepEvent } from './log.ts';
import type { PrunerSettings } from './pruners/pruner-of.ts';
import { emptyRung, type Rung, waitingAt } from './rung.ts';
import type { Objective, Reason } from './trial.ts';

/** What the sweep was asked to do, as far as its workflow must know. Only `numTrials` may change, upwards. */
export interface SweepPlan {
  /** At least one. The first names the best trial and, unless the pruner is told otherwise, drives pruning. */
  readonly objectives: readonly Objective[];
  readonly pruner: PrunerSettings;
  /** Optimizer steps per rung, increasing; the last is the horizon. */
  readonly rungs: readonly number[];
  readonly numTrials: number;
  readonly maxFailedTrials: number;
  /** Wall time for the search; the final re-trainings come on top. */
  readonly durationMs?: number;
  /** GPU-hours for the search, and what they may cost; both without the final re-trainings, as `durationMs`. */
  readonly gpuHours?: number;
  readonly cost?: { readonly max: number; readonly pricePerGpuHour: number };
  /** The search ends when so many trials have reported since the best result got better by more than `minDelta`. */
  readonly noImprovement?: { readonly trials: number; readonly minDelta: number };
  /** No more trials are suggested once so many in a row were expected to better the best one by less than `below`. */
  readonly noExpectedImprovement?: { readonly below: number; readonly trials: number };
  /** Fresh seeds on which each finalist is trained again. */
  readonly finalSeeds: number;
  /** The first trials of the sweep are these baselines, in this order. */
  readonly baselines: readonly string[];
  /** Base of all trial seeds. */
  readonly seed: number;
}

/** A trial that has, or is owed, a slot; or one whose end is under way. Waiting trials are not here: the rung tables know them. */
export interface LiveTrial {
  readonly trial: number;
  /** `starting` until the sampler has answered; `running` towards `rung`; `held` may go on to `rung` when there is a slot; `ending` was told to free what it holds. */
  readonly state: 'starting' | 'running' | 'held' | 'ending';
  readonly rung: number;
  readonly purpose: 'search' | 'final';
}

/** A configuration worth training again: the best one or a baseline. */
export interface Finalist {
  /** The search trial whose configuration it is. */
  readonly of: number;
  readonly seed: number;
}

export type SuggestCommand =
  | { readonly type: 'suggest'; readonly trial: number; readonly seed: number }
  | { readonly type: 'suggestFinal'; readonly trial: number; readonly finalist: Finalist };

/** What a trial is told. */
export type SentCommand =
  | { readonly type: 'goOn'; readonly trial: number; readonly rung: number }
  | { readonly type: 'pause'; readonly trial: number }
  | { readonly type: 'end'; readonly trial: number; readonly reason: Reason };

/** What the workflow must do next. */
export type Command = SuggestCommand | SentCommand;

/** What reports of the search have cost and gained so far. */
export interface Ledger {
  readonly gpuSeconds: number;
  /**
   * The loss that counts as the best at the last rung, and how many trials had reported when it came. A lower one replaces
   * it only when it is lower by more than `noImprovement.minDelta`: small steps add up, and none of them counts by itself.
   */
  readonly record?: { readonly loss: number; readonly trials: number };
}

type Phase =
  | { readonly name: 'search' }
  /** The search has ended; `after` is the outcome to give when the finals are done. */
  | { readonly name: 'final'; readonly queue: readonly Finalist[]; readonly after: Outcome }
  /** Nothing new starts; trials are being ended. */
  | { readonly name: 'closing'; readonly outcome: Outcome };

export interface SweepState {
  readonly plan: SweepPlan;
  readonly phase: Phase;
  /** Of the object that it follows, when there is one. */
  readonly generation?: number;
  readonly startedAt: number;
  readonly paused: boolean;
  readonly parallelTrials: number;
  /** Number of the next trial; trials are numbered from 0 in the order in which they were suggested. */
  readonly nextTrial: number;
  readonly spaceExhausted: boolean;
  /** Suggestions since the last one that was worth its while by `plan.noExpectedImprovement`; those without an expectation are not counted. */
  readonly unpromising: number;
  readonly live: readonly LiveTrial[];
  readonly rungs: readonly Rung[];
  readonly failedTrials: number;
  readonly ledger: Ledger;
  /** Final trials started so far. */
  readonly finalsStarted: number;
  readonly due: readonly SentCommand[];
  /** Events that no log segment holds yet, and the number of the next segment. */
  readonly unwritten: readonly SweepEvent[];
  readonly segment: number;
}

/** @param generation - of the object that it follows, when there is one */
export function newSweep(plan: SweepPlan, parallelTrials: number, startedAt: number, generation?: number): SweepState {
  return {
    plan,
    phase: { name: 'search' },
    ...(generation !== undefined && { generation }),
    startedAt,
    paused: false,
    parallelTrials,
    nextTrial: 0,
    spaceExhausted: false,
    unpromising: 0,
    live: [],
    rungs: plan.rungs.map(() => emptyRung),
    failedTrials: 0,
    ledger: { gpuSeconds: 0 },
    finalsStarted: 0,
    due: [],
    unwritten: [],
    segment: 0,
  };
}

export function isOver(state: SweepState): boolean {
  return state.phase.name === 'closing' && state.live.length === 0 && state.due.length === 0;
}

/** How the sweep ends, or will if its final trainings come to nothing bad. */
export function outcomeSoFar(phase: Phase): Outcome | undefined {
  switch (phase.name) {
    case 'search':
      return undefined;
    case 'final':
      return phase.after;
    case 'closing':
      return phase.outcome;
  }
}

/** Those that have a slot. */
export const runningTrials = (state: SweepState): readonly LiveTrial[] =>
  state.live.filter((live) => live.state === 'running' || live.state === 'starting');
/**
 * Those that must be there to answer. One whose suggestion is still asked for is not there yet, whatever has been decided about it meanwhile;
 * and one that is about to be told something shows by that whether it is there.
 */
export const answerableTrials = ({ live, due }: SweepState): readonly LiveTrial[] =>
  live.filter(({ trial, state }) => state !== 'starting' && due.every((command) => command.trial !== trial));

export const liveTrial = (state: SweepState, trial: number): LiveTrial | undefined => state.live.find((live) => live.trial === trial);

/** Paused trials with the rung they wait at. */
export function waitingTrials(state: SweepState): readonly { readonly trial: number; readonly rung: number }[] {
  const busy = new Set(state.live.map(({ trial }) => trial));
  return state.rungs.flatMap((table, rung) =>
    waitingAt(table)
      .filter((trial) => !busy.has(trial))
      .map((trial) => ({ trial, rung })),
  );
}
