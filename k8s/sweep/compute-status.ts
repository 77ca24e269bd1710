import type { Outcome } from '../../study/log.ts';
import { outcomeText } from '../../study/outcome.ts';
import type { Progress } from '../../study/progress.ts';
import type { Revision } from '../../study/revision.ts';
import type { Condition } from '../api/condition.ts';
import type { SweepStatus } from '../api/sweep-status.ts';
import { type Assertion, conditionsAfter } from './conditions.ts';
import type { Run, Verdict } from './engine.ts';

const conditionTypes = ['Valid', 'EngineReachable', 'Applied', 'Suspended', 'Succeeded'];

/** What a look at a sweep has found. */
export interface Observation {
  readonly id: string;
  /** What the object asks for now; nothing when its spec cannot be read. */
  readonly wanted: Revision | undefined;
  readonly generation: number;
  readonly verdict: Verdict | 'unchecked';
  readonly engine: EngineView;
  /** Its folder in S3. */
  readonly resultsUri?: string;
}

export type EngineView =
  | { readonly reachable: true; readonly run?: Run; readonly progress?: Progress }
  | { readonly reachable: false; readonly reason: string; readonly message: string; readonly run?: Run };

type State = SweepStatus['state'];

/**
 * The status that says so. What cannot be seen now stays as it was said before.
 * @param before - the status that the object has
 * @param now - for the conditions that change
 */
export function computeStatus(observation: Observation, before: SweepStatus | undefined, now: Date): SweepStatus {
  const { id, generation, engine, resultsUri } = observation;
  const progress = engine.reachable ? engine.progress : undefined;
  const known = progress === undefined ? kept(before) : counted(progress);
  const assertions = assertionsOf(observation, before);
  const isWaiting = assertions.some(({ type, reason }) => type === 'Applied' && reason === 'Waiting');
  const observed = engine.reachable && !isWaiting ? generation : before?.observedGeneration;
  const { closedAt } = engine.run ?? {};
  const completionTime = closedAt?.toISOString() ?? before?.completionTime;
  return {
    ...(observed !== undefined && { observedGeneration: observed }),
    state: stateOf(observation, before),
    id,
    ...(resultsUri !== undefined && { resultsUri }),
    ...known,
    ...(completionTime !== undefined && { completionTime }),
    conditions: conditionsAfter(conditionTypes, before?.conditions, assertions, generation, now),
  };
}

type Counted = Pick<SweepStatus, 'startTime' | 'progress' | 'trials' | 'gpuHours' | 'best' | 'topTrials'>;

function kept({ startTime, progress, trials, gpuHours, best, topTrials }: Partial<SweepStatus> = {}): Counted {
  return Object.fromEntries(
    Object.entries({ startTime, progress, trials, gpuHours, best, topTrials }).filter(([, value]) => value !== undefined),
  );
}

function counted(progress: Progress): Counted {
  const { startedAt, numTrials, suggested, done, running, waiting, failed, finals, gpuSeconds } = progress;
  const topTrials = progress.best.flatMap(({ trial, rung, value }) => (value === null ? [] : [{ trial, rung, value: rounded(value) }]));
  return {
    startTime: new Date(startedAt).toISOString(),
    progress: `${done}/${numTrials}`,
    trials: { total: numTrials, started: suggested, done, running: running.length, waiting, failed, finals: finals.started },
    gpuHours: Math.round(gpuSeconds / 36) / 100,
    ...(topTrials[0] && { best: topTrials[0].value }),
    topTrials,
  };
}

/** More digits would only make rows of a table longer. */
const rounded = (value: number): number => Number(value.toPrecision(6));

function stateOf({ verdict, engine, wanted }: Observation, before: SweepStatus | undefined): State {
  const { run } = engine;
  if (run === undefined) {
    if (!engine.reachable) return before?.state ?? 'Pending';
    if (before?.startTime !== undefined) return isOver(before.state) ? before.state : 'Failed'; // its workflow is forgotten
    if (verdict !== 'unchecked' && !verdict.valid) return 'Invalid';
    return wanted?.suspend ? 'Suspended' : 'Pending';
  }
  switch (run.state) {
    case 'completed':
      return 'Succeeded';
    case 'cancelled':
      return 'Cancelled';
    case 'running':
      return engine.reachable && engine.progress ? runningState(engine.progress) : (before?.state ?? 'Pending');
    default:
      return 'Failed';
  }
}

export const isOver = (state: State): boolean => state === 'Succeeded' || state === 'Failed' || state === 'Cancelled';

function runningState({ phase, paused }: Progress): State {
  if (phase === 'closing') return 'Finishing';
  if (paused) return 'Suspended';
  return phase === 'search' ? 'Running' : 'Finishing';
}

/** What is known of each condition; what is not said stays as it was. */
function assertionsOf(observation: Observation, before: SweepStatus | undefined): readonly Assertion[] {
  return [
    valid(observation),
    reachable(observation),
    applied(observation, before),
    suspended(observation),
    succeeded(observation, before),
  ].filter((assertion) => assertion !== undefined);
}

function valid({ verdict, engine }: Observation): Assertion | undefined {
  if (verdict === 'unchecked') {
    return engine.run && { type: 'Valid', status: 'True', reason: 'Started', message: 'The sweep has started, so its spec could run.' };
  }
  if (verdict.valid) return { type: 'Valid', status: 'True', reason: 'Checked', message: 'The spec can run.' };
  return { type: 'Valid', status: 'False', reason: verdict.reason, message: verdict.message };
}

function reachable({ engine }: Observation): Assertion {
  const type = 'EngineReachable';
  if (!engine.reachable) return { type, status: 'False', reason: engine.reason, message: engine.message };
  return { type, status: 'True', reason: 'Answers', message: 'Temporal and its workers answer.' };
}

function applied({ engine, wanted, generation }: Observation, before: SweepStatus | undefined): Assertion | undefined {
  const type = 'Applied';
  const progress = engine.reachable ? engine.progress : undefined;
  if (progress === undefined || wanted === undefined) {
    const observed = before?.observedGeneration;
    if (observed === undefined || observed >= generation) return undefined;
    return { type, status: 'False', reason: 'Waiting', message: `The running sweep follows generation ${observed} so far.` };
  }
  if (engine.run?.state === 'running' && (progress.generation ?? 0) < generation)
    return {
      type,
      status: 'False',
      reason: 'Waiting',
      message: `The running sweep follows generation ${progress.generation ?? 0} so far.`,
    };
  if (progress.numTrials < wanted.numTrials) {
    const message = `numTrials: the search had ended with ${progress.numTrials} when ${wanted.numTrials} were asked for; start a new sweep`;
    return { type, status: 'False', reason: 'SearchOver', message };
  }
  return { type, status: 'True', reason: 'Followed', message: 'The running sweep follows the spec.' };
}

function suspended({ engine, wanted }: Observation): Assertion | undefined {
  const type = 'Suspended';
  const no = { type, status: 'False', reason: 'NotSuspended', message: 'New trials may start.' } as const;
  if (engine.run !== undefined && engine.run.state !== 'running') return no;
  const progress = engine.reachable ? engine.progress : undefined;
  const isPaused = progress?.paused ?? (engine.run === undefined && engine.reachable ? wanted?.suspend : undefined);
  if (isPaused === undefined) return undefined;
  if (!isPaused) return no;
  const message = progress === undefined ? 'The sweep has not started.' : 'Nothing new starts; running trials stop at their next rung.';
  return { type, status: 'True', reason: wanted?.suspend ? 'SpecSuspend' : 'PausedByHand', message };
}

function succeeded({ verdict, engine }: Observation, before: SweepStatus | undefined): Assertion | undefined {
  const type = 'Succeeded';
  const { run } = engine;
  const progress = engine.reachable ? engine.progress : undefined;
  if (run === undefined) {
    if (!engine.reachable) return undefined;
    if (before?.startTime !== undefined) return isOver(before.state) ? undefined : lost;
    if (verdict !== 'unchecked' && !verdict.valid && !verdict.retry)
      return { type, status: 'False', reason: 'InvalidSpec', message: 'The spec cannot run, so nothing was started.' };
    return { type, status: 'Unknown', reason: 'NotStarted', message: 'The sweep has not started.' };
  }
  const because = progress?.outcome;
  switch (run.state) {
    case 'running':
      return progress && { type, status: 'Unknown', ...phaseReasons[progress.phase] };
    case 'completed':
      return { type, status: 'True', ...(because ? reasonOf(because) : { reason: 'Completed', message: 'The sweep has ended.' }) };
    case 'cancelled':
      return { type, status: 'False', reason: 'Cancelled', message: 'The sweep was cancelled.' };
    case 'terminated':
      return { type, status: 'False', reason: 'Terminated', message: 'The workflow was terminated by hand.' };
    case 'timedOut':
      return { type, status: 'False', reason: 'TimedOut', message: 'The workflow ran longer than Temporal was told to let it.' };
    case 'failed':
      return {
        type,
        status: 'False',
        ...(because ? reasonOf(because) : { reason: 'Failed', message: "The sweep failed; its workflow's page tells why." }),
      };
  }
}

const lost: Assertion = {
  type: 'Succeeded',
  status: 'False',
  reason: 'WorkflowLost',
  message: 'Temporal knows nothing of the workflow any more. It is not started again: what it found is in S3. Make a new sweep.',
};

const phaseReasons: Readonly<Record<Progress['phase'], Pick<Condition, 'reason' | 'message'>>> = {
  search: { reason: 'Searching', message: 'The search goes on.' },
  final: { reason: 'FinalTrainings', message: 'The search has ended; the best configuration and the baselines are trained again.' },
  closing: { reason: 'Closing', message: 'Trials are ending.' },
};

function reasonOf(outcome: Outcome): Pick<Condition, 'reason' | 'message'> {
  const word = outcome.result === 'cancelled' ? 'cancelled' : outcome.because;
  const text = outcomeText(outcome);
  return { reason: capital(word), message: `${capital(text)}.` };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
