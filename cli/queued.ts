import type { Client } from '@temporalio/client';
import { defaultPayloadConverter, WorkflowNotFoundError } from '@temporalio/common';
import type { TrialHeartbeat } from '../activities/trial.ts';
import { trialWorkflowId } from '../study/page.ts';

/**
 * Why a running trial does not run yet: it waits for a slot, a GPU, a quota or a queue. Its activity says so in its heartbeats.
 * @returns by trial; those that run, and those nobody works on at the moment, are not in it
 */
export async function queuedTrials(client: Client, sweepId: string, running: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const seen = await Promise.all(
    running.map(async (trial) => [trial, await heartbeatOf(client, trialWorkflowId(sweepId, trial))] as const),
  );
  return new Map(seen.flatMap(([trial, beat]) => (beat?.state === 'queued' ? [[trial, beat.why ?? 'waiting']] : [])));
}

async function heartbeatOf(client: Client, workflowId: string): Promise<TrialHeartbeat | undefined> {
  const description = await client.workflow.getHandle(workflowId).describe().catch(notStarted);
  const payload = description?.raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'advance')?.heartbeatDetails
    ?.payloads?.[0];
  return payload ? defaultPayloadConverter.fromPayload<TrialHeartbeat>(payload) : undefined;
}

/** A trial is suggested a moment before its workflow is there. */
function notStarted(error: unknown): undefined {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}
