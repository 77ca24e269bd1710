import type { SearchAttributeUpdatePair } from '@temporalio/common';
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { TrialActivities } from '../activities/trial.ts';
import type { TrialRef } from '../runners/runner.ts';
import { type Cost, costSoFar, withCostMetrics } from '../study/cost.ts';
import type { Failure } from '../study/log.ts';
import { type TrialPage, trialDetails } from '../study/page.ts';
import type { Reason, Report } from '../study/trial.ts';
import { objectiveValue, trialRung, trialState } from './attributes.ts';

/** What the sweep tells a trial. The first order, to reach rung 0, is given by starting it. */
export type Order =
  | { readonly type: 'goOn'; readonly rung: number }
  | { readonly type: 'pause' }
  | { readonly type: 'end'; readonly reason: Reason };

export interface TrialInput {
  readonly ref: TrialRef;
  readonly page: TrialPage;
  /** How often a trial may crash on the way to one rung before it counts as failed. */
  readonly attempts: number;
  /** A worker that has said nothing for so long counts as dead, and another one takes its place. */
  readonly missedAfterSeconds: number;
}

export const ordered = defineSignal<[Order]>('ordered');
/** The three that a trial sends to its sweep. */
export const trialReported = defineSignal<[Report]>('trialReported');
export const trialFailed = defineSignal<[number, Failure]>('trialFailed');
export const trialEnded = defineSignal<[number]>('trialEnded');

/** Worth another attempt, a few times: the checkpoint is there. */
const crashes = ['TrainerCrashed', 'NoReport', 'StartFailed'];
/** Errors of the trainer's own making, or of its input: another attempt would end the same way. */
const finalErrors = [
  'BadConfiguration',
  'BadData',
  'InputNotFound',
  'OutOfMemory',
  'InvalidObject',
  'MissingMetricError',
  'CommandNotFound',
  'ImageMissing',
  'ImageUnavailable',
  'PodCannotStart',
  'JobRefused',
];

/** Whatever is not the trainer's fault (a worker that died, an S3 server that is away, a full disk) is tried again for as long as it takes. */
const { advance } = proxyActivities<TrialActivities>({
  startToCloseTimeout: '7 days',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED, // else it would start again what `release` has just ended
  retry: { initialInterval: '1 second', maximumInterval: '1 minute', nonRetryableErrorTypes: [...crashes, ...finalErrors] },
});
const { release } = proxyActivities<TrialActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
});

/** One trial: reaches a rung, reports, waits for the sweep's order. However it ends, it frees what it held. */
export async function trial(input: TrialInput): Promise<Reason> {
  const { ref, page } = input;
  const orders: Order[] = [];
  setHandler(ordered, (order) => void orders.push(order));
  const sweep = getExternalWorkflowHandle(ref.sweep.id);
  const isEndOrdered = (): boolean => orders.some((order) => order.type === 'end');
  let report: Report | undefined;
  let spent: Cost = { seconds: 0, gpuSeconds: 0 };
  let shown = 'running'; // by the sweep, when it started this
  const show = (state: string): void => {
    setCurrentDetails(trialDetails(page, state, report));
    if (state !== shown) upsertSearchAttributes(attributesOf(page, state, report));
    shown = state;
  };

  try {
    let order: Order = { type: 'goOn', rung: 0 };
    for (;;) {
      switch (order.type) {
        case 'goOn': {
          const { rung } = order;
          show('running');
          const reached = await unless(isEndOrdered, () => reach(input, rung));
          if (reached === undefined) break;
          spent = costSoFar(reached, spent);
          report = withCostMetrics(reached, spent);
          show('reported');
          await sweep.signal(trialReported, report);
          break;
        }
        case 'pause':
          await release(ref, { type: 'pause' });
          show('waiting');
          break;
        case 'end':
          await release(ref, { type: 'stop', rung: report?.rung, reason: order.reason });
          show('ended');
          await sweep.signal(trialEnded, ref.trial);
          return order.reason;
      }
      await condition(() => orders.length > 0);
      order = orders.find(({ type }) => type === 'end') ?? orders.shift()!;
    }
  } catch (error) {
    const failure = failureOf(error);
    await CancellationScope.nonCancellable(async () => {
      await release(ref, { type: 'pause' });
      show(isCancellation(error) ? 'cancelled' : 'failed');
      await sweep.signal(trialFailed, ref.trial, failure).catch(nobodyToTell);
    });
    if (isCancellation(error)) throw error;
    throw ApplicationFailure.nonRetryable(failure.message, failure.type);
  }
}

/** A report of the rung, in spite of a few crashes on the way. */
async function reach({ ref, page: { rungs }, attempts, missedAfterSeconds }: TrialInput, rung: number): Promise<Report> {
  const options = { summary: `to step ${rungs[rung]}`, heartbeatTimeout: `${missedAfterSeconds} seconds` } as const;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await advance.executeWithOptions(options, [ref, rung]);
    } catch (error) {
      const { type, message } = failureOf(error);
      if (!crashes.includes(type)) throw error;
      if (attempt === attempts)
        throw ApplicationFailure.nonRetryable(`${message} (crash ${attempt} of ${attempts} on the way to rung ${rung})`, type);
      await sleep(`${2 ** attempt} seconds`);
    }
  }
}

/** What the work gives, or nothing when the condition comes true first: then the work is cancelled, and its end awaited. */
async function unless<T>(isOff: () => boolean, work: () => Promise<T>): Promise<T | undefined> {
  const scope = new CancellationScope();
  const result = scope.run(work).catch((error: unknown) => {
    if (isCancellation(error) && isOff()) return undefined;
    throw error;
  });
  await Promise.race([result, condition(isOff)]);
  if (isOff()) scope.cancel();
  return result;
}

function attributesOf(page: TrialPage, state: string, report: Report | undefined): SearchAttributeUpdatePair[] {
  const value = report?.metrics[page.metric];
  return [
    { key: trialState, value: state },
    ...(report === undefined ? [] : [{ key: trialRung, value: report.rung }]),
    ...(typeof value === 'number' ? [{ key: objectiveValue, value }] : []),
  ];
}

/** The error as the activity raised it, without the layers that Temporal puts around it. */
function failureOf(error: unknown): Failure {
  const cause = error instanceof ActivityFailure && error.cause !== undefined ? error.cause : error;
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'Error', message: cause.message };
  return cause instanceof Error ? { type: cause.name, message: cause.message } : { type: 'Error', message: String(cause) };
}

/** A sweep that was terminated, or that does not wait for this trial any more, cannot be told. */
function nobodyToTell(error: unknown): void {
  if (!(error instanceof ApplicationFailure)) throw error;
}
