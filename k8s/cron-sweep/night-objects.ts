import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { CronSweep } from '../../study/cron-sweep.ts';
import type { Sweep } from '../../study/spec.ts';
import type { SweepStatus } from '../api/sweep-status.ts';
import type { Cluster } from '../client/cluster.ts';
import { isAlreadyThere, isNotFound } from '../client/errors.ts';
import type { Resource, Stored } from '../client/resource.ts';
import type { CronSweepOwner } from './night-schedules.ts';

/** A Sweep object as far as nights are concerned. */
export interface NightObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: V1ObjectMeta;
  readonly spec: Sweep['spec'];
  readonly status?: SweepStatus;
}

const nights: Resource<NightObject> = {
  apiVersion: 'permafrost.dev/v1alpha1',
  plural: 'sweeps',
  read: (json) => json as Stored<NightObject>, // the server has checked it against our CRD
};

/** Labels of a night's sweep: the CronSweep that it comes from, and its study. */
const cronSweepLabel = 'permafrost.dev/cron-sweep';
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
      if (object !== undefined) await cluster.remove(nights, object.metadata.name);
    },
  };
}

/** `<namespace>.<name>.<uid8>`: the id of the sweep that an object stands for. */
function sweepIdOf({ namespace, name, uid }: Stored<NightObject>['metadata']): string {
  return `${namespace}.${name}.${uid.slice(0, 8)}`;
}

async function createOrFind(cluster: Cluster, object: NightObject): Promise<Stored<NightObject>> {
  try {
    return await cluster.create(nights, object);
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
    return cluster.get(nights, object.metadata.name!); // ! is safe: we named it
  }
}

async function find(cluster: Cluster, id: string): Promise<Stored<NightObject> | undefined> {
  try {
    const object = await cluster.get(nights, id.split('.')[1]!); // ! is safe: ids have three parts
    return sweepIdOf(object.metadata) === id ? object : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The owner goes with its nights: deleting the CronSweep deletes them, and with that cancels what runs. */
function nightObject(sweep: Sweep, { metadata, spec }: CronSweep, at: Date, owner: CronSweepOwner): NightObject {
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
      ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
    },
    spec: sweep.spec,
  };
}

const isLabelValue = (text: string): boolean => /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text);
