import {
  type Client,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { NightInput } from '../activities/night.ts';
import type { CronSweepOwner, Night, NightSchedule, NightSchedules, StudyKey } from '../k8s/cron-sweep/night-schedules.ts';
import type { CronSweep } from '../study/cron-sweep.ts';
import { studyName } from '../workflows/attributes.ts';
import type { NightRecord } from '../workflows/night.ts';
import { taskQueue } from './temporal.ts';

/** The schedule's id, which the Temporal UI shows. */
export const scheduleId = ({ namespace, name }: StudyKey): string => `${namespace}.${name}`;

const workflowType = 'night';
/** A stuck night must not keep away all later ones for ever. */
const longestNight = '30 days';
const shownNights = 5;

/** All schedules that start nights. */
export async function listStudies(client: Client): Promise<readonly StudyKey[]> {
  const keys: StudyKey[] = [];
  for await (const { scheduleId: id, action } of client.schedule.list()) {
    const [, namespace, name] = /^([a-z0-9-]+)\.([a-z0-9-]+)$/.exec(id) ?? [];
    if (action?.workflowType === workflowType && namespace !== undefined && name !== undefined) keys.push({ namespace, name });
  }
  return keys;
}

/** Temporal Schedules that start the workflow `night`. The whole CronSweep travels in its input, so that a change of it can be seen. */
export function nightSchedules(client: Client): NightSchedules {
  const handleOf = (key: StudyKey) => client.schedule.getHandle(scheduleId(key));
  return {
    async find(key) {
      try {
        return await seen(client, await handleOf(key).describe());
      } catch (error) {
        if (error instanceof ScheduleNotFoundError) return undefined;
        throw error;
      }
    },
    async create(cronSweep, owner) {
      const { suspend } = cronSweep.spec;
      const state = { paused: suspend, ...(suspend && { note: suspended }) };
      await client.schedule.create({ scheduleId: scheduleId(cronSweep.metadata), ...partsOf(cronSweep, owner), state });
    },
    async update(cronSweep, owner) {
      const { suspend } = cronSweep.spec;
      await handleOf(cronSweep.metadata).update((previous) => {
        const keepsPause = inputOf(previous)?.cronSweep.spec.suspend === suspend;
        const { paused, note } = keepsPause ? previous.state : { paused: suspend, note: suspend ? suspended : undefined };
        return { ...partsOf(cronSweep, owner), state: { paused, ...(note !== undefined && { note }) } };
      });
    },
    async remove(key) {
      try {
        await handleOf(key).delete();
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      }
    },
  };
}

const suspended = 'spec.suspend is true';
/** What a schedule does when the last night still runs. */
export const overlapOf = {
  Forbid: ScheduleOverlapPolicy.SKIP,
  Allow: ScheduleOverlapPolicy.ALLOW_ALL,
  Replace: ScheduleOverlapPolicy.CANCEL_OTHER,
} as const;

/** Nights that were missed learn from each other. */
export const backfillOverlap = ScheduleOverlapPolicy.BUFFER_ALL;

/** No retry of the action: the server's scheduler can hang on one (temporalio/temporal#10579). Activities retry by themselves. */
function partsOf(cronSweep: CronSweep, owner: CronSweepOwner | undefined): Pick<ScheduleOptions, 'spec' | 'action' | 'policies'> {
  const { metadata, spec } = cronSweep;
  const input: NightInput = { cronSweep, ...(owner && { owner }) };
  return {
    spec: { cronExpressions: [spec.schedule], timezone: spec.timeZone },
    action: {
      type: 'startWorkflow',
      workflowType,
      workflowId: `${scheduleId(metadata)}.night`,
      taskQueue,
      args: [input],
      workflowExecutionTimeout: longestNight,
      typedSearchAttributes: [{ key: studyName, value: spec.sweepTemplate.spec.study }],
      staticSummary: `A night of ${metadata.name}`,
    },
    policies: { overlap: overlapOf[spec.concurrencyPolicy], catchupWindow: `${spec.startingDeadlineSeconds} seconds` },
  };
}

/** What it starts nights with, if it starts any. */
function inputOf({ action }: ScheduleDescription): NightInput | undefined {
  return action.workflowType === workflowType ? (action.args?.[0] as NightInput | undefined) : undefined;
}

async function seen(client: Client, schedule: ScheduleDescription): Promise<NightSchedule | 'foreign'> {
  const input = inputOf(schedule);
  if (input === undefined) return 'foreign';
  const { state, info } = schedule;
  const recent = info.recentActions.toSorted((a, b) => b.takenAt.getTime() - a.takenAt.getTime()).slice(0, shownNights);
  return {
    ...input,
    paused: state.paused,
    note: state.note ?? '',
    next: state.paused ? [] : info.nextActionTimes,
    nights: await Promise.all(recent.map(({ scheduledAt, action }) => nightOf(client, scheduledAt, action.workflow.workflowId))),
    skipped: { overlap: info.numActionsSkippedOverlap, missed: info.numActionsMissedCatchupWindow },
  };
}

/** A night that Temporal has forgotten is one that has ended. */
async function nightOf(client: Client, at: Date, workflowId: string): Promise<Night> {
  try {
    const { status, memo } = await client.workflow.getHandle(workflowId).describe();
    const record = memo?.night as NightRecord | undefined;
    const problem =
      record?.end?.message ?? (status.name === 'RUNNING' || status.name === 'COMPLETED' ? undefined : `the night ended ${status.name}`);
    return {
      at,
      isRunning: status.name === 'RUNNING',
      ...(record && { sweep: record.sweep }),
      ...(record?.verdict && { verdict: record.verdict }),
      ...(problem !== undefined && { problem }),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { at, isRunning: false };
    throw error;
  }
}
