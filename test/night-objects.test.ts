/** A nightly study of a cluster: real API server, Temporal, S3 server and trainers; worker and controllers in this process. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { CoreV1Event } from '@kubernetes/client-node';
import type { Worker } from '@temporalio/worker';
import { overlapOf, scheduleId } from '../cli/night-schedules.ts';
import { scheduleEngine, sweepEngine } from '../cli/sweep-engine.ts';
import { createWorker, quietRuntime } from '../cli/worker.ts';
import { cronSweepCrd } from '../k8s/api/cron-sweep-crd.ts';
import type { CronSweepObject } from '../k8s/api/cron-sweep-object.ts';
import { sweepCrd } from '../k8s/api/sweep-crd.ts';
import type { SweepObject } from '../k8s/api/sweep-object.ts';
import { type Cluster, connectCluster } from '../k8s/client/cluster.ts';
import { currentContext } from '../k8s/client/kubeconfig.ts';
import { eventRecorder } from '../k8s/controller/event-recorder.ts';
import { jsonLog } from '../k8s/controller/log.ts';
import { type Manager, startManager } from '../k8s/controller/manager.ts';
import { createMetrics } from '../k8s/controller/metrics.ts';
import { cronSweepController } from '../k8s/cron-sweep/cron-sweep-controller.ts';
import { sweepController } from '../k8s/sweep/sweep-controller.ts';
import { localRunner } from '../runners/local/local-runner.ts';
import { type ControlPlane, openControlPlane, whyNoControlPlane } from '../tools/cluster/test-control-plane.ts';
import { aPythonSweep, startTestSystem, type TestSystem } from './system.ts';

const skip = whyNoControlPlane();
let plane: ControlPlane;
let system: TestSystem;
let cluster: Cluster;
let manager: Manager;
let worker: Worker;
let working: Promise<void>;

before(async () => {
  if (skip !== false) return;
  plane = await openControlPlane();
  await plane.startPart('kube-controller-manager');
  await plane.applyKinds(sweepCrd, cronSweepCrd);
  system = await startTestSystem();
  const { namespace, kubeconfig } = plane;
  const { context } = currentContext([kubeconfig]);
  cluster = connectCluster({ cluster: { kind: 'context', context, files: [kubeconfig] }, namespace, patienceSeconds: 60 });

  const { client, s3 } = system;
  const log = jsonLog(() => {});
  const record = eventRecorder(cluster, 'test', log);
  const controllers = [
    sweepController({ cluster, engine: sweepEngine(client, s3.store), record }),
    cronSweepController({ cluster, schedules: scheduleEngine(client), record }),
  ];
  manager = await startManager({ controllers, cluster, identity: 'test', port: 0, metrics: createMetrics(), log });
  quietRuntime();
  const slot = { kind: 'cpu', threads: 1 } as const;
  const stateFolder = path.join(s3.folder, 'trials');
  const runner = localRunner({
    stateFolder,
    builtInTrainer: [],
    slots: [slot, slot],
    store: s3.store,
    environment: process.env,
    graceSeconds: 5,
  });
  worker = await createWorker({
    temporal: { address: system.temporalAddress, namespace: 'default' },
    store: s3.store,
    runner,
    cluster,
    maxTrials: 10,
  });
  working = worker.run();
});
after(async () => {
  await manager?.stop();
  worker?.shutdown();
  await working;
  await cluster?.close();
  await system?.close();
  await plane?.remove();
});

const read = async <T>(...args: readonly string[]): Promise<T> =>
  JSON.parse(await plane.kubectl('get', ...args, '--namespace', plane.namespace, '--output=json')) as T;
const study = () => read<CronSweepObject>('cronsweep', 'study');
const nights = async () => (await read<{ readonly items: readonly SweepObject[] }>('sweeps')).items;

async function until<T>(look: () => Promise<T>, signal: AbortSignal, isSo: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    await delay(500, undefined, { signal });
  }
}

const holds = ({ status }: CronSweepObject, type: string): string | undefined =>
  status?.conditions?.find((condition) => condition.type === type)?.status;

test('three nights by trigger, each a Sweep that starts from those before it; old ones go, and all go with the study', {
  skip,
  timeout: 240_000,
}, async ({ signal }) => {
  const { namespace } = plane;
  const spec = aPythonSweep(system.s3.bucket, { numTrials: 3, finalSeeds: 2, pruneAlgorithm: { name: 'none', maxResource: 2 } }).spec;
  const written = {
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'CronSweep',
    metadata: { name: 'study', namespace },
    spec: { schedule: '0 2 1 1 *', historyLimit: 2, warmStart: { best: 1 }, sweepTemplate: { spec } },
  };
  await plane.apply(written);
  await until(study, signal, (seen) => holds(seen, 'Scheduled') === 'True');
  const schedule = system.client.schedule.getHandle(scheduleId({ namespace, name: 'study' }));
  const names: string[] = [];
  for (const count of [1, 2, 3]) {
    await schedule.trigger(overlapOf.Allow); // Temporal learns a moment later than the object that the night before is over
    const seen = await until(
      study,
      signal,
      ({ status }) => status?.lastSweep !== undefined && !names.includes(status.lastSweep) && status.active?.length === 0,
    );
    names.push(seen.status!.lastSweep!);
    assert.equal(new Set(names).size, count);
  }

  const [second, third] = (await until(nights, signal, (items) => items.length === 2)).toSorted((a, b) =>
    a.metadata.name!.localeCompare(b.metadata.name!),
  );
  assert.deepEqual([second!.metadata.name, third!.metadata.name], names.slice(1));
  for (const night of [second!, third!]) {
    assert.equal(night.status!.state, 'Succeeded');
    assert.equal(night.metadata.ownerReferences![0]!.name, 'study');
    const { enqueueAssignments } = night.spec as { readonly enqueueAssignments: readonly { readonly from: { readonly sweep: string } }[] };
    assert.equal(enqueueAssignments.length, 1);
    assert.match(enqueueAssignments[0]!.from.sweep, new RegExp(`^${namespace}\\.study-`));
  }
  const { status } = await until(study, signal, ({ status: seen }) => seen?.studyBest !== undefined);
  assert.ok(status!.nextScheduleTime!.includes('-01-01T02:00:00'));
  assert.equal(typeof status!.lastBest, 'number');
  const { items: events } = await read<{ readonly items: readonly CoreV1Event[] }>('events');
  const ofStudy = events.filter(({ involvedObject }) => involvedObject.kind === 'CronSweep').map(({ reason }) => reason);
  assert.deepEqual(ofStudy.sort(), ['NightStarted', 'NightStarted', 'NightStarted', 'Scheduled']);

  await plane.kubectl('delete', 'cronsweep', 'study', '--namespace', namespace);
  await until(nights, signal, (items) => items.length === 0);
  await assert.rejects(schedule.describe(), /not found/i);
});

test('suspend and edits reach the schedule; one that belongs to something else is left alone', { skip, timeout: 300_000 }, async ({
  signal,
}) => {
  const { namespace } = plane;
  const spec = aPythonSweep(system.s3.bucket, {}).spec;
  const cronSweep = (more: object) => ({
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'CronSweep',
    metadata: { name: 'study', namespace },
    spec: { schedule: '0 2 1 1 *', sweepTemplate: { spec }, ...more },
  });
  const schedule = system.client.schedule.getHandle(scheduleId({ namespace, name: 'study' }));
  await system.client.schedule.create({
    scheduleId: schedule.scheduleId,
    spec: { cronExpressions: ['@yearly'] },
    action: { type: 'startWorkflow', workflowType: 'invoices', taskQueue: 'accounting' },
  });
  await plane.apply(cronSweep({}));
  const taken = await until(study, signal, (seen) => holds(seen, 'Scheduled') === 'False');
  assert.match(JSON.stringify(taken.status), /starts something else than nights: give the CronSweep another name/);
  assert.equal((await schedule.describe()).action.workflowType, 'invoices');

  await schedule.delete();
  await until(study, signal, (seen) => holds(seen, 'Scheduled') === 'True');
  await plane.apply(cronSweep({ suspend: true, schedule: '0 3 1 1 *' }));
  const suspended = await until(study, signal, ({ status }) => status?.conditions?.some(({ reason }) => reason === 'SpecSuspend') === true);
  assert.equal(suspended.status!.nextScheduleTime, undefined);
  await plane.apply(cronSweep({ suspend: false, schedule: '0 3 1 1 *' }));
  await until(study, signal, ({ status }) => status?.nextScheduleTime?.includes('T03:00') === true);
  await plane.kubectl('delete', 'cronsweep', 'study', '--namespace', namespace);
  await assert.rejects(schedule.describe(), /not found/i);
});
