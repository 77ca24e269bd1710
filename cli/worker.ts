import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { nightActivities } from '../activities/night.ts';
import { sweepActivities } from '../activities/sweep.ts';
import { trialActivities } from '../activities/trial.ts';
import { withHeartbeats } from '../activities/with-heartbeats.ts';
import type { Cluster } from '../k8s/client/cluster.ts';
import type { ObjectStore } from '../results/object-store.ts';
import { openStudyFolder, type StudyRef } from '../results/study-folder.ts';
import { openSweepFolder, type SweepFolder } from '../results/sweep-folder.ts';
import type { SweepRef, TrialRunner } from '../runners/runner.ts';
import { cacheFolder } from '../tools/folders.ts';
import { workflowBundle } from '../tools/workflow-bundle.ts';
import { searchAttributes } from '../workflows/attributes.ts';
import { nightLauncher } from './night-launcher.ts';
import { type TemporalAddress, taskQueue } from './temporal.ts';

export interface WorkerOptions {
  readonly temporal: TemporalAddress;
  readonly store: ObjectStore;
  readonly runner: TrialRunner;
  /** Where nights that come from objects start; without one, only those that were made from a command line can. */
  readonly cluster?: Cluster;
  /** Trials that may be advanced at a time by this worker; waiting for a slot counts. */
  readonly maxTrials: number;
  /** With it, a sweep stays with the workers of the version that started it (Temporal's worker versioning). */
  readonly version?: WorkerVersion;
}

interface WorkerVersion {
  readonly deploymentName: string;
  readonly buildId: string;
}

/** How Temporal's command line spells the types of our search attributes. */
const attributeTypes = { KEYWORD: 'Keyword', INT: 'Int', DOUBLE: 'Double' } as const;
export const temporalAttributeTypes: Readonly<Record<string, string>> = Object.fromEntries(
  searchAttributes.map(({ name, type }) => [name, attributeTypes[type]]),
);

/** The SDK's runtime is one per process and must be set up before the first connection. */
export function quietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
    shutdownSignals: [], // the command line decides in which order things end
  });
}

/** A worker that carries out sweeps and trials. `run()` it; `shutdown()` leaves running trials alone for the next worker to join. */
export async function createWorker({ temporal, store, runner, cluster, maxTrials, version }: WorkerOptions): Promise<Worker> {
  const { namespace, ...server } = temporal;
  const client = new Client({ connection: await Connection.connect(server), namespace });
  const openSweep = sweepFolders(store);
  const openStudy = (study: StudyRef) => openStudyFolder(store, study);
  const launcher = nightLauncher({ client, store }, cluster);
  const ofSweeps = sweepActivities({ openSweep, openStudy, client });
  const { advance, release } = trialActivities({ openSweep, runner });
  const { awaitSweep, ...ofNights } = nightActivities({ openSweep, openStudy, client, launcher });
  return Worker.create({
    connection: await NativeConnection.connect(server),
    namespace,
    taskQueue,
    workflowBundle: await workflowCode(),
    ...(version && { workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' } }),
    activities: { advance, awaitSweep, ...withHeartbeats({ release, ...ofSweeps, ...ofNights }) }, // the first two have more to say than that
    maxConcurrentActivityTaskExecutions: maxTrials + 50, // room for the short activities beside those that wait for trials
    maxCachedWorkflows: 500,
    maxHeartbeatThrottleInterval: '2 seconds', // a stopped trial learns of it with a heartbeat
    shutdownGraceTime: '5 seconds',
  });
}

/** An image has them bundled already (tools/images/context.ts). */
async function workflowCode(): Promise<WorkflowBundleOption> {
  const codePath = fileURLToPath(new URL('../workflows/bundle.js', import.meta.url));
  return existsSync(codePath) ? { codePath } : { code: await workflowBundle(cacheFolder(process.env)) };
}

/** One folder object per sweep, because it remembers the log's segments. A worker sees few sweeps at a time. */
function sweepFolders(store: ObjectStore): (ref: SweepRef) => SweepFolder {
  const folders = new Map<string, SweepFolder>();
  return ({ folder }) => {
    const known = folders.get(folder) ?? openSweepFolder(store, folder);
    folders.delete(folder);
    folders.set(folder, known);
    if (folders.size > 100) folders.delete(folders.keys().next().value!);
    return known;
  };
}
