import type { Client } from '@temporalio/client';
import { sweepIdOf } from '../k8s/api/sweep-object.ts';
import { connectObjectStore, type ObjectStore } from '../results/object-store.ts';
import { type ClusterFlags, namesCluster } from './cluster-flags.ts';
import { connectSystem, runningSystem, useObjectServer } from './connection.ts';
import { CommandFailure } from './failure.ts';
import { findSweep } from './find-sweep.ts';

/** The sweep that a command is about. */
export interface Target {
  readonly id: string;
  readonly name: string;
  /** Its folder in S3. @throws {CommandFailure} before it has started */
  readonly folder: () => string;
  readonly store: ObjectStore;
  /** Temporal, connected to when it is needed. @throws {CommandFailure} when there is none to be found */
  readonly client: () => Promise<Client>;
  /** Changes the spec of its Sweep object, when it has one; the controller does the rest. */
  readonly edit?: (spec: object) => Promise<void>;
}

/**
 * Finds the sweep: among the Sweep objects of a cluster when one is meant, else, or when it is not there, in Temporal.
 * @param wanted - name or id; undefined means the newest
 * @throws {CommandFailure} when it is in neither
 */
export async function withTarget(wanted: string | undefined, flags: ClusterFlags, work: (target: Target) => Promise<void>): Promise<void> {
  if (!namesCluster(flags)) return withEngineTarget(wanted, work);
  const { openSweepObjects, pick, folderOf } = await import('./sweep-objects.ts'); // its library takes most of a second to load
  const objects = openSweepObjects(flags);
  let system: ReturnType<typeof connectSystem> | undefined;
  try {
    const all = await objects.list();
    const object = pick(all, wanted);
    if (object === undefined) {
      if (knowsEngine()) return await withEngineTarget(wanted, work);
      const names = all.map(({ metadata }) => metadata.name).join(', ');
      throw new CommandFailure(
        `there is no Sweep ${wanted ?? ''} in ${objects.description}; there ${names === '' ? 'are none' : `are: ${names}`}`,
      );
    }
    await work({
      id: sweepIdOf(object.metadata),
      name: object.metadata.name,
      folder: () => folderOf(object),
      store: openStore(),
      client: async () => {
        system ??= connectSystem();
        return (await system).client;
      },
      edit: (spec) => objects.edit(object, spec),
    });
  } finally {
    await (await system?.catch(() => undefined))?.close(); // its error has been told
    await objects.close();
  }
}

async function withEngineTarget(wanted: string | undefined, work: (target: Target) => Promise<void>): Promise<void> {
  const { client, store, close } = await connectSystem();
  try {
    const { id, name, folder } = await findSweep(client, wanted);
    await work({ id, name, folder: () => folder, store, client: async () => client });
  } finally {
    await close();
  }
}

const knowsEngine = (): boolean => process.env.TEMPORAL_ADDRESS !== undefined || runningSystem() !== undefined;

/** The S3 server that the variables name, else that of `permafrost up`. */
function openStore(): ObjectStore {
  const local = process.env.AWS_ENDPOINT_URL === undefined ? runningSystem() : undefined;
  if (local !== undefined) useObjectServer(local.s3);
  return connectObjectStore({ patienceSeconds: 10 });
}
