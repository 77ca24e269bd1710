import type { CronSweep } from '../../study/cron-sweep.ts';
import type { Sweep } from '../../study/spec.ts';
import { type SweepObject, sweepIdOf, sweeps } from '../api/sweep-object.ts';
import type { Cluster } from '../client/cluster.ts';
import { isAlreadyThere, isNotFound } from '../client/errors.ts';
import type { Stored } from '../client/resource.ts';
import type { CronSweepOwner } from './night-schedules.ts';

/** Labels of a night's sweep: the CronSweep that it comes from, and its study. */
export const cronSweepLabel = 'permafrost.dev/cron-sweep';
const studyLabel = 'permafrost.dev/study';
/** When the night was due, ISO 8601. */
const dueAnnotation = 'permafrost.dev/due';

export type Created = { readonly result: 'created'; readonly id: string } | { readonly result: 'refused'; readonly why: string };

/** Nights as Sweep objects of the cluster, where the controller starts them. */
export function nightObjects(cluster: Cluster) {
  return {
    /** Finds the object when an earlier attempt has made it. */
    async create(
      { sweep, cronSweep, at }: { readonly sweep: Sweep; readonly cronSweep: CronSweep; readonly at: Date },
      owner: CronSweepOwner,
    ): Promise<Created> {
      const { name, namespace } = sweep.metadata;
      if (namespace !== cluster.namespace) {
        return {
          result: 'refused',
          why: `CronSweep ${owner.name} is in namespace ${namespace}, and this worker looks after ${cluster.namespace}`,
        };
      }
      const object = await createOrFind(cluster, nightObject(sweep, cronSweep, at, owner));
      if (object.metadata.ownerReferences?.some(({ uid }) => uid === owner.uid))
        return { result: 'created', id: sweepIdOf(object.metadata) };
      return {
        result: 'refused',
        why: `Sweep ${name} is there already and does not belong to CronSweep ${owner.name}: rename one of them`,
      };
    },

    /** Why the sweep of that id, which has not started, never will; undefined while it may. */
    async obstacle(id: string): Promise<string | undefined> {
      const object = await find(cluster, id);
      if (object === undefined) return 'its Sweep object was deleted before it started';
      const invalid = object.status?.conditions?.find(({ type, status }) => type === 'Valid' && status === 'False');
      return invalid && `its Sweep object is not valid: ${invalid.message}`;
    },

    async remove(id: string): Promise<void> {
      const object = await find(cluster, id);
      if (object !== undefined) await cluster.remove(sweeps, object.metadata.name);
    },
  };
}

async function createOrFind(cluster: Cluster, object: SweepObject): Promise<Stored<SweepObject>> {
  try {
    return await cluster.create(sweeps, object);
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
    return cluster.get(sweeps, object.metadata.name!); // ! is safe: we named it
  }
}

async function find(cluster: Cluster, id: string): Promise<Stored<SweepObject> | undefined> {
  try {
    const object = await cluster.get(sweeps, id.split('.')[1]!); // ! is safe: ids have three parts
    return sweepIdOf(object.metadata) === id ? object : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The owner goes with its nights: deleting the CronSweep deletes them, and with that cancels what runs. */
function nightObject(sweep: Sweep, { metadata, spec }: CronSweep, at: Date, owner: CronSweepOwner): SweepObject {
  const { labels, annotations } = spec.sweepTemplate.metadata ?? {};
  const { study } = sweep.spec;
  return {
    apiVersion: sweep.apiVersion,
    kind: sweep.kind,
    metadata: {
      name: sweep.metadata.name,
      namespace: sweep.metadata.namespace,
      labels: { ...labels, ...(isLabelValue(study) && { [studyLabel]: study }), [cronSweepLabel]: metadata.name },
      annotations: { ...annotations, [dueAnnotation]: at.toISOString() },
      ownerReferences: [{ ...owner, controller: true }],
    },
    spec: sweep.spec,
  };
}

const isLabelValue = (text: string): boolean => /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text);
