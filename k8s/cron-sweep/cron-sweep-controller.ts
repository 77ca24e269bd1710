/** Keeps a schedule in Temporal for each CronSweep object, clears away old nights, and says in the objects' status how nights go. */
import { isDeepStrictEqual } from 'node:util';
import { type CronSweep, parseCronSweep } from '../../study/cron-sweep.ts';
import { SpecError } from '../../study/spec/problem.ts';
import { type CronSweepObject, cronSweeps } from '../api/cron-sweep-object.ts';
import { sweeps } from '../api/sweep-object.ts';
import type { Cluster } from '../client/cluster.ts';
import { reflect } from '../client/reflector.ts';
import type { Stored } from '../client/resource.ts';
import type { Again, Controller } from '../controller/controller.ts';
import type { RecordEvent } from '../controller/event-recorder.ts';
import { keptObjects } from '../controller/kept-objects.ts';
import { EngineUnreachable } from '../sweep/engine.ts';
import { type CronSweepObservation, computeCronSweepStatus } from './compute-cron-sweep-status.ts';
import { cronSweepTransitions } from './cron-sweep-transitions.ts';
import { expired, type NightObject } from './night-history.ts';
import { cronSweepLabel } from './night-objects.ts';
import type { CronSweepOwner, NightSchedule, NightSchedules } from './night-schedules.ts';

export interface CronSweepControllerOptions {
  readonly cluster: Cluster;
  /** Throw EngineUnreachable while Temporal does not answer. */
  readonly schedules: NightSchedules;
  readonly record: RecordEvent;
}

/** Keeps the object until its schedule is gone. */
const finalizer = 'permafrost.dev/schedule';
/** Nights start and end in Temporal; what an object shows of them is at most so old. */
const lookEveryMs = 15_000;
const unreachablePauseMs = 5_000;

type StoredCronSweep = Stored<CronSweepObject>;

export function cronSweepController({ cluster, schedules, record }: CronSweepControllerOptions): Controller {
  const kept = keptObjects({ cluster, resource: cronSweeps, kind: 'CronSweep', finalizer, transitions: cronSweepTransitions, record });

  const look = async (object: StoredCronSweep, nights: readonly NightObject[]): Promise<Again> => {
    const read = readCronSweep(object);
    const observation: CronSweepObservation = {
      generation: object.metadata.generation ?? 0,
      ...('invalid' in read && read),
      engine: await engineView(() => ('invalid' in read ? found(object) : followed(read.cronSweep, kept.reference(object)))),
      nights,
    };
    if ('cronSweep' in read) {
      for (const night of expired(nights, read.cronSweep.spec.historyLimit)) await cluster.remove(sweeps, night.metadata.name);
    }
    const status = computeCronSweepStatus(observation, object.status, new Date());
    const waitMs = await kept.write(object, status);
    return { afterMs: waitMs ?? (observation.engine.reachable ? lookEveryMs : unreachablePauseMs) };
  };

  /** The schedule as it is after it was made or changed, if it had to be. */
  const followed = async (cronSweep: CronSweep, owner: CronSweepOwner): Promise<CronSweepObservation['engine']> => {
    const there = await schedules.find(cronSweep.metadata);
    const taken = whyTaken(there, owner, cronSweep.metadata);
    if (taken !== undefined) return { reachable: true, taken };
    if (there === undefined) await schedules.create(cronSweep, owner);
    else if (isDeepStrictEqual((there as NightSchedule).cronSweep, cronSweep)) return { reachable: true, schedule: there as NightSchedule };
    else await schedules.update(cronSweep, owner);
    return { reachable: true, schedule: (await schedules.find(cronSweep.metadata)) as NightSchedule };
  };

  /** As it is: a spec that cannot run changes nothing. */
  const found = async (object: StoredCronSweep): Promise<CronSweepObservation['engine']> => {
    const key = keyOf(object);
    const there = await schedules.find(key);
    const taken = whyTaken(there, kept.reference(object), key);
    if (taken !== undefined) return { reachable: true, taken };
    return { reachable: true, ...(there !== undefined && { schedule: there as NightSchedule }) };
  };

  /** Deletes the schedule, unless it is somebody else's, and lets the object go. Its sweeps go with it. */
  const conclude = async (object: StoredCronSweep): Promise<Again> => {
    const view = await engineView(async () => {
      const seen = await found(object);
      if (seen.reachable && seen.schedule !== undefined) await schedules.remove(keyOf(object));
      return seen;
    });
    if (view.reachable) return kept.letGo(object);
    const observation = { generation: object.metadata.generation ?? 0, engine: view, nights: [] };
    await kept.write(object, computeCronSweepStatus(observation, object.status, new Date()));
    return { afterMs: unreachablePauseMs };
  };

  return {
    name: 'cronsweep',
    workers: 4,
    open(enqueue) {
      const objects = reflect({
        cluster,
        resource: cronSweeps,
        labelSelector: '',
        onChange({ metadata: { name, uid } }, change) {
          if (change === 'gone') kept.forget(uid);
          else enqueue(name);
        },
      });
      const nights = reflect({
        cluster,
        resource: sweeps,
        labelSelector: cronSweepLabel,
        onChange: ({ metadata }) => enqueue(metadata.labels![cronSweepLabel]!), // ! is safe: the selector asks for it
      });
      return {
        reflectors: [objects, nights],
        reconcile: (name) =>
          kept.tend(objects.objects.get(name), {
            look(object) {
              const { uid } = object.metadata;
              const own = [...nights.objects.values()].filter(({ metadata }) =>
                metadata.ownerReferences?.some((owner) => owner.uid === uid),
              );
              return look(object, own);
            },
            conclude,
          }),
      };
    },
  };
}

const keyOf = ({ metadata: { name, namespace } }: StoredCronSweep) => ({ name, namespace: namespace! }); // ! is safe: the server sets it

function readCronSweep({
  apiVersion,
  kind,
  metadata: { name, namespace },
  spec,
}: StoredCronSweep): { readonly cronSweep: CronSweep } | { readonly invalid: string } {
  try {
    return { cronSweep: parseCronSweep({ apiVersion, kind, metadata: { name, namespace }, spec }) };
  } catch (error) {
    if (error instanceof SpecError) return { invalid: error.message };
    throw error;
  }
}

async function engineView(work: () => Promise<CronSweepObservation['engine']>): Promise<CronSweepObservation['engine']> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EngineUnreachable)) throw error;
    return { reachable: false, reason: error.reason, message: error.message };
  }
}

/** A schedule that is not this object's is never touched. */
function whyTaken(
  there: Awaited<ReturnType<NightSchedules['find']>>,
  owner: CronSweepOwner,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): string | undefined {
  const schedule = `the schedule ${namespace}.${name} in Temporal`;
  if (there === undefined) return undefined;
  if (there === 'foreign') return `${schedule} starts something else than nights: give the CronSweep another name`;
  if (there.owner === undefined)
    return `${schedule} was made with \`permafrost cron apply\`: delete it with \`permafrost cron delete ${name} --namespace ${namespace}\``;
  if (there.owner.uid === owner.uid) return undefined;
  return `${schedule} belongs to another CronSweep object (${there.owner.uid}): if that is gone for good, \`temporal schedule delete --schedule-id ${namespace}.${name}\``;
}
