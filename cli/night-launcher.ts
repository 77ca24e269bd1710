import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { NightLauncher, NightSweep } from '../activities/night.ts';
import type { Cluster } from '../k8s/client/cluster.ts';
import { nightObjects } from '../k8s/cron-sweep/night-objects.ts';
import type { System } from './connection.ts';
import { submit } from './submit.ts';

/** @param cluster - where nights of objects become objects themselves */
export function nightLauncher(system: Pick<System, 'client' | 'store'>, cluster: Cluster | undefined): NightLauncher {
  const objects = cluster && nightObjects(cluster);
  return {
    async start({ owner, ...night }) {
      if (owner === undefined) return startDirectly(night, system);
      if (objects === undefined) {
        const message = `CronSweep ${owner.name} is an object of a cluster, and this worker has none: run \`permafrost worker\` there`;
        throw ApplicationFailure.nonRetryable(message, 'NightRefused');
      }
      const created = await objects.create(night, owner);
      if (created.result === 'refused') throw ApplicationFailure.nonRetryable(created.why, 'NightRefused');
      return created.id;
    },
    obstacle: async (id) => objects?.obstacle(id),
    withdraw: async (id) => objects?.remove(id),
  };
}

/** The id follows from study and time, so that a second attempt finds the first. */
async function startDirectly({ sweep, at }: Pick<NightSweep, 'sweep' | 'at'>, system: Pick<System, 'client' | 'store'>): Promise<string> {
  const { namespace, name } = sweep.metadata;
  const uid8 = createHash('sha256').update(`${namespace}.${name} ${at.toISOString()}`).digest('hex').slice(0, 8);
  try {
    return (await submit(sweep, system, uid8)).id;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return error.workflowId;
    throw error;
  }
}
