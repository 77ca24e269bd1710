import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { NightActivities, NightEnd, NightInput, StartedNight } from '../activities/night.ts';
import type { NightVerdict } from '../study/night.ts';
import { scheduledStartTime } from './attributes.ts';

/** What is known of a night; its memo holds it from early on, and as the workflow's result it is whole. */
export interface NightRecord {
  readonly sweep: string;
  readonly end?: NightEnd;
  readonly verdict?: NightVerdict;
}

const retry = {
  initialInterval: '1 second',
  maximumInterval: '1 minute',
  nonRetryableErrorTypes: ['SpecError', 'InvalidObject', 'NightRefused'],
};
const { startNight, judge, cancelSweep } = proxyActivities<NightActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  retry,
});
const { awaitSweep } = proxyActivities<NightActivities>({
  startToCloseTimeout: '30 days',
  heartbeatTimeout: '1 minute',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry,
});

/** A night of a nightly study, from the start of its sweep to the comparison with the nights before. It lasts as long as its sweep. */
export async function night(input: NightInput): Promise<NightRecord> {
  const { cronSweep } = input;
  const { typedSearchAttributes, startTime } = workflowInfo();
  const at = typedSearchAttributes.get(scheduledStartTime) ?? startTime;
  const started = await CancellationScope.nonCancellable(() => startNight(input, at.toISOString())); // a sweep half started would be nobody's
  upsertMemo({ night: { sweep: started.id } });
  setCurrentDetails(details(started));
  let end: NightEnd;
  try {
    end = await awaitSweep(started.id);
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => cancelSweep(started.id));
    throw error;
  }
  const verdict = end.status === 'NEVER_STARTED' ? undefined : await judge(cronSweep, started);
  const record: NightRecord = { sweep: started.id, end, ...(verdict && { verdict }) };
  upsertMemo({ night: record });
  setCurrentDetails(details(started, record));
  return record;
}

function details({ id, folder, notes }: StartedNight, record?: NightRecord): string {
  const ended =
    record?.end && `It ended: ${record.end.status.toLowerCase()}${record.end.message === undefined ? '' : `, ${record.end.message}`}.`;
  return [
    `Sweep [${id}](/namespaces/{namespace}/workflows/${id}). Results: \`${folder}\``,
    ...notes.map((note) => `- ${note}`),
    ...(ended === undefined ? [] : [ended]),
    ...(record?.verdict === undefined ? [] : [record.verdict.message]),
  ].join('\n\n');
}
