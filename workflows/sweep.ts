import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  ContinueAsNew,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { SweepActivities } from '../activities/sweep.ts';
import type { SweepRef } from '../runners/runner.ts';
import type { Outcome } from '../study/log.ts';
import { originText, sweepDetails, type TrialPage, trialDetails, trialWorkflowId } from '../study/page.ts';
import { type Progress, progressOf } from '../study/progress.ts';
import type { Revision } from '../study/revision.ts';
import { nextCommand, nextCommands } from '../study/schedule.ts';
import type { Suggestion } from '../study/suggestion.ts';
import type { Summary } from '../study/summary.ts';
import { fold, type Happening, type Message } from '../study/sweep.ts';
import {
  answerableTrials,
  type Command,
  isOver,
  newSweep,
  type SentCommand,
  type SuggestCommand,
  type SweepPlan,
  type SweepState,
} from '../study/sweep-state.ts';
import { sweepId, trialNumber, trialState } from './attributes.ts';
import { ordered, type TrialInput, trial, trialEnded, trialFailed, trialReported } from './trial.ts';

export interface SweepInput {
  readonly sweep: SweepRef;
  readonly plan: SweepPlan;
  readonly parallelTrials: number;
  /** Of the object that it follows, when there is one. */
  readonly generation?: number;
  /** How often a trial may crash on the way to one rung before it counts as failed. */
  readonly attempts: number;
  /** Set when the sweep goes on in a new run; absent at the start. */
  readonly state?: SweepState;
}

export const progress = defineQuery<Progress>('progress');
export const pause = defineUpdate<Progress>('pause');
export const resume = defineUpdate<Progress>('resume');
export const stopTrial = defineUpdate<Progress, [number]>('stopTrial');
export const setParallelTrials = defineUpdate<Progress, [number]>('setParallelTrials');
export const extend = defineUpdate<Progress, [number]>('extend');
/** All that an edit of the sweep's object may change, at once. */
export const revise = defineUpdate<Progress, [Revision]>('revise');

const { suggest, suggestFinal, publish, finish, findLost } = proxyActivities<SweepActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  retry: {
    initialInterval: '500 milliseconds',
    maximumInterval: '30 seconds',
    nonRetryableErrorTypes: ['LogConflict', 'InvalidObject', 'SpecError'],
  },
});

/** One search from the first suggestion to the summary. Handlers only enqueue; the loop alone changes state. */
export async function sweep(input: SweepInput): Promise<Summary> {
  let state = input.state ?? newSweep(input.plan, input.parallelTrials, Date.now(), input.generation);
  const inbox: Message[] = [];
  const enqueue = (happening: Happening): void => void inbox.push({ at: Date.now(), ...happening });
  const take = (): void => {
    state = inbox.splice(0).reduce(fold, state);
    setCurrentDetails(sweepDetails(input.sweep.id, state));
  };
  setHandlers(enqueue, () => state);
  remindOfDuration(state, enqueue);
  watchForLostTrials(input.sweep, () => state, enqueue);
  take();

  const drive = async (): Promise<void> => {
    while (!isOver(state)) {
      await condition(() => inbox.length > 0 || nextCommand(state) !== undefined || isOver(state));
      take();
      const commands = nextCommands(state);
      for (const command of commands) if (!isSent(command)) enqueue({ type: 'asked', command });
      take();
      await CancellationScope.nonCancellable(() => carryOut(input, state, commands, enqueue)); // a child half started would be nobody's
      take();
      // Not once it closes: little is left, and a new run would not know that this one was cancelled.
      if (!workflowInfo().continueAsNewSuggested || isClosing(state)) continue;
      const { segment, unwritten } = state;
      await publish({ sweep: input.sweep, segment, events: unwritten });
      enqueue({ type: 'written', events: unwritten.length });
      await condition(allHandlersFinished);
      take(); // leaves no message behind; what is to be commanded next, the state knows
      if (!isClosing(state)) await continueAsNew<typeof sweep>({ ...input, state });
    }
  };

  try {
    await drive();
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    const outcome: Outcome = isCancellation(error)
      ? { result: 'cancelled' }
      : { result: 'failed', because: 'engineFailure', message: String(error) };
    await CancellationScope.nonCancellable(async () => {
      enqueue({ type: 'closeRequested', outcome });
      take();
      await drive();
      await conclude(input.sweep, state, outcome);
    });
    throw error;
  }
  const { phase } = state;
  if (phase.name !== 'closing') throw ApplicationFailure.nonRetryable(`a sweep cannot end in its ${phase.name} phase`, 'EngineFailure');
  const summary = await conclude(input.sweep, state, phase.outcome);
  setCurrentDetails(sweepDetails(input.sweep.id, state, summary));
  if (phase.outcome.result === 'failed') throw ApplicationFailure.nonRetryable(phase.outcome.message, phase.outcome.because);
  return summary;
}

const isClosing = ({ phase }: SweepState): boolean => phase.name === 'closing';
const isSent = (command: Command): command is SentCommand => command.type !== 'suggest' && command.type !== 'suggestFinal';

function setHandlers(enqueue: (happening: Happening) => void, state: () => SweepState): void {
  const andShow = (happening: Happening): Progress => {
    enqueue(happening);
    return progressOf(state());
  };
  setHandler(trialReported, (report) => enqueue({ type: 'reported', report }));
  setHandler(trialFailed, (trial, failure) => enqueue({ type: 'failed', trial, failure }));
  setHandler(trialEnded, (trial) => enqueue({ type: 'ended', trial }));
  setHandler(progress, () => progressOf(state()), { description: 'Counts, rungs, best trials' });
  setHandler(pause, () => andShow({ type: 'pauseRequested' }), {
    description: 'Start nothing new; running trials stop at their next rung',
  });
  setHandler(resume, () => andShow({ type: 'resumeRequested' }), { description: 'Go on after a pause' });
  setHandler(stopTrial, (trial) => andShow({ type: 'stopTrialRequested', trial }), {
    description: 'End one trial by its number',
    validator: (trial) =>
      refuseUnless(
        Number.isInteger(trial) && trial >= 0 && trial < state().nextTrial,
        `trial: must be a trial of this sweep (0 to ${state().nextTrial - 1}), got ${trial}`,
      ),
  });
  setHandler(setParallelTrials, (to) => andShow({ type: 'parallelTrialsSet', to }), {
    description: 'How many trials may run at a time',
    validator: (to) => refuseUnless(Number.isInteger(to) && to >= 1, `parallelTrials: must be an integer of at least 1, got ${to}`),
  });
  setHandler(extend, (to) => andShow({ type: 'extended', to }), {
    description: 'How many trials the search may start in all: more than so far',
    validator: (to) => refuseExtension(to, state()),
  });
  setHandler(revise, (to) => andShow({ type: 'revised', to }), { description: "Follow an edit of the sweep's object" });
}

function refuseExtension(to: number, { phase, plan }: SweepState): void {
  refuseUnless(phase.name === 'search', `numTrials: the search has ended, so it cannot be extended; start a new sweep`);
  const isMore = Number.isInteger(to) && to > plan.numTrials && to <= 10_000;
  refuseUnless(isMore, `numTrials: must be an integer > ${plan.numTrials}, which it is now, and <= 10000, got ${to}`);
}

function refuseUnless(holds: boolean, message: string): void {
  if (!holds) throw ApplicationFailure.nonRetryable(message, 'RefusedUpdate');
}

/** @param commands - one suggestion, or what trials are to be told */
async function carryOut(
  input: SweepInput,
  state: SweepState,
  commands: readonly Command[],
  enqueue: (happening: Happening) => void,
): Promise<void> {
  const told = await Promise.all(commands.filter(isSent).map((command) => tell(input.sweep, command)));
  for (const happening of told) enqueue(happening);
  for (const command of commands) if (!isSent(command)) await beginTrial(input, state, command, enqueue);
}

/** That it was suggested is said before it is there: by the time that its start is known it may have reported. */
async function beginTrial(
  { sweep, attempts }: SweepInput,
  { plan, segment, unwritten, parallelTrials }: SweepState,
  command: SuggestCommand,
  enqueue: (happening: Happening) => void,
): Promise<void> {
  const { trial } = command;
  const request = { sweep, segment, events: unwritten };
  const written = unwritten.length;
  const suggestion =
    command.type === 'suggest'
      ? await suggest({ ...request, trial, seed: command.seed, numTrials: plan.numTrials })
      : await suggestFinal({ ...request, trial, finalist: command.finalist });
  if (suggestion === 'spaceExhausted') return enqueue({ type: 'spaceExhausted', command, written });
  enqueue({ type: 'suggested', command, ...suggestion, written });
  const page = pageOf(trial, plan, suggestion);
  await startTrial({ ref: { sweep, trial }, page, attempts, missedAfterSeconds: missedAfterSeconds(parallelTrials) });
}

/** With hundreds of trials heartbeats are rare, as each is a write of the Temporal server, which may also be slow to take them. */
const missedAfterSeconds = (parallelTrials: number): number => (parallelTrials > 100 ? 60 : 15);

function pageOf(trial: number, { rungs, objectives }: SweepPlan, { origin, assignment, layers }: Suggestion): TrialPage {
  const ownRungs = origin.by === 'final' ? rungs.slice(-1) : rungs;
  return { trial, origin: originText(origin), metric: objectives[0]!.metric, rungs: ownRungs, assignment, ...(layers && { layers }) };
}

async function startTrial(input: TrialInput): Promise<void> {
  const { ref, page } = input;
  await startChild(trial, {
    workflowId: trialWorkflowId(ref.sweep.id, ref.trial),
    args: [input],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    typedSearchAttributes: [
      { key: sweepId, value: ref.sweep.id },
      { key: trialNumber, value: ref.trial },
      { key: trialState, value: 'running' },
    ],
    staticSummary: `trial ${ref.trial}, ${page.origin}`,
    staticDetails: trialDetails(page, 'suggested', undefined),
  });
}

/** A trial that is gone (terminated by hand, say) counts as failed: it can never answer. */
async function tell(sweep: SweepRef, command: SentCommand): Promise<Happening> {
  const { trial, ...order } = command;
  try {
    await getExternalWorkflowHandle(trialWorkflowId(sweep.id, trial)).signal(ordered, order);
    return { type: 'sent', command };
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    return { type: 'unreachable', command, message: error.message };
  }
}

function conclude(sweep: SweepRef, { segment, unwritten }: SweepState, outcome: Outcome): Promise<Summary> {
  return finish({ sweep, segment, events: [...unwritten, { type: 'finished', at: Date.now(), outcome }], outcome });
}

function remindOfDuration({ plan, startedAt }: SweepState, enqueue: (happening: Happening) => void): void {
  if (plan.durationMs === undefined) return;
  void inBackground(async () => {
    await sleep(Math.max(1, startedAt + plan.durationMs! - Date.now()), { summary: 'budget.duration' });
    enqueue({ type: 'durationSpent' });
  });
}

/** A trial that was terminated or timed out never signals, so the sweep looks for itself now and then. */
function watchForLostTrials(sweep: SweepRef, state: () => SweepState, enqueue: (happening: Happening) => void): void {
  void inBackground(async () => {
    for (;;) {
      await sleep('5 minutes', { summary: 'until the next look for lost trials' });
      const trials = answerableTrials(state()).map(({ trial }) => trial);
      if (trials.length === 0) continue;
      for (const trial of await findLost(trials.map((trial) => ({ trial, workflowId: trialWorkflowId(sweep.id, trial) })))) {
        enqueue({
          type: 'failed',
          trial,
          failure: { type: 'TrialLost', message: `the workflow of trial ${trial} was closed from outside` },
        });
      }
    }
  });
}

/** Ends with the workflow; a cancelled sweep needs neither reminder nor watch. */
async function inBackground(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
}
