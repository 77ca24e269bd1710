/** What dies or goes away under a controller: itself, its rival, the API server, Temporal, the namespace. Nothing is lost, and nothing started twice. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { overlapOf, scheduleId } from '../cli/night-schedules.ts';
import { type CronSweepObject, cronSweeps } from '../k8s/api/cron-sweep-object.ts';
import { sweepCrd } from '../k8s/api/sweep-crd.ts';
import { sweeps } from '../k8s/api/sweep-object.ts';
import { whyNoControlPlane } from '../tools/cluster/test-control-plane.ts';
import { type ControllerProcess, type ControllerSystem, condition, startControllerSystem } from './controller-system.ts';
import { aPythonSweep } from './system.ts';

const skip = whyNoControlPlane();
const options = { skip, timeout: 180_000 };
let all: ControllerSystem;
let controller: ControllerProcess;

before(async () => {
  if (skip !== false) return;
  all = await startControllerSystem();
  [controller] = await Promise.all([all.startController(), all.system.startWorker(all.objectsVariables)]);
});
after(() => all?.close());

/** It runs until it is deleted. */
const endless = { stepSeconds: 1, pruneAlgorithm: { name: 'none', maxResource: 600 }, parallelTrials: 1 };
const kubectl = (...args: readonly string[]): Promise<string> => all.plane.kubectl('--namespace', all.plane.namespace, ...args);
const patch = (name: string, spec: object): Promise<string> =>
  kubectl('patch', 'sweep', name, '--type=merge', `--patch=${JSON.stringify({ spec })}`);
const running = (name: string, signal: AbortSignal) => all.until(name, ({ status }) => status?.trials?.running === 1, signal);
/** An edit has reached the workflow, and the status says so. */
async function follows(name: string, signal: AbortSignal): Promise<void> {
  const before = (await all.find(name))!.metadata.generation!; // ! is safe: it was applied
  await patch(name, { numTrials: 100 + before });
  await all.until(name, ({ status }) => status?.observedGeneration === before + 1 && status.trials?.total === 100 + before, signal);
}
async function removed(name: string, signal: AbortSignal): Promise<void> {
  await kubectl('delete', 'sweep', name, '--wait=false');
  await all.untilGone(name, signal);
}
const leads = async ({ events }: ControllerProcess, signal: AbortSignal): Promise<void> => {
  while (!events.some(({ message }) => message === 'this process leads')) await sleep(50, undefined, { signal });
};
/** The state of every workflow that was ever started for it, once the server lists it. */
async function workflowsOf(name: string, signal: AbortSignal): Promise<readonly string[]> {
  for (;;) {
    const found = await Array.fromAsync(all.system.client.workflow.list({ query: `WorkflowType="sweep" AND SweepName="${name}"` }));
    const states = found.map(({ status }) => status.name);
    if (states.length > 0 && !states.includes('RUNNING')) return states;
    await sleep(100, undefined, { signal });
  }
}

/** A leader that the API server kept waiting for too long has ended: it is started again, as a Deployment does. */
async function isThere(): Promise<void> {
  if (controller.process.exitCode !== null) controller = await all.startController();
}

test('a controller that is killed is followed by the next one, which starts nothing twice', options, async ({ signal }) => {
  const next = await all.startController();
  await all.apply('orphan', endless);
  await running('orphan', signal);
  controller.process.kill('SIGKILL');
  controller = next;
  await follows('orphan', signal);
  await leads(next, signal);
  await removed('orphan', signal);
  assert.deepEqual(await workflowsOf('orphan', signal), ['CANCELLED']);
});

test('a leader that slept through its lease ends; what both did meanwhile was done once', options, async ({ signal }) => {
  const rival = await all.startController();
  const sleeper = controller;
  sleeper.process.kill('SIGSTOP');
  await all.apply('contested', endless);
  await leads(rival, signal);
  controller = rival;
  const ended = once(sleeper.process, 'exit', { signal });
  sleeper.process.kill('SIGCONT'); // until it notices, both look after it
  await follows('contested', signal);
  await ended;
  assert.match(String(sleeper.events.at(-1)?.message), /leads no more/);
  await removed('contested', signal);
  assert.deepEqual(await workflowsOf('contested', signal), ['CANCELLED']);
});

test('an API server that is restarted finds everything under control', options, async ({ signal }) => {
  await all.apply('api', endless);
  await running('api', signal);
  await all.plane.stopPart('kube-apiserver', 'SIGKILL');
  await sleep(1_000);
  await all.plane.startPart('kube-apiserver');
  await sleep(3_000); // a leader that could not renew its lease for too long has ended by now
  await isThere();
  await follows('api', signal);
  await removed('api', signal);
});

test(
  'while Temporal is away the condition says so; edits, new sweeps and deletions wait, and are not lost',
  options,
  async ({ signal }) => {
    for (const name of ['away', 'dropped']) await all.apply(name, endless);
    for (const name of ['away', 'dropped']) await running(name, signal);
    await all.system.killTemporal();
    const away = await all.until('away', (sweep) => condition(sweep, 'EngineReachable').startsWith('False'), signal);
    assert.deepEqual([condition(away, 'EngineReachable'), away.status?.state], ['False TemporalUnavailable', 'Running']);
    await patch('away', { numTrials: 9 });
    await all.apply('born', { numTrials: 1, finalSeeds: 0 });
    await kubectl('delete', 'sweep', 'dropped', '--wait=false');
    await all.until('away', (sweep) => condition(sweep, 'Applied') === 'False Waiting', signal);
    await all.until('born', (sweep) => condition(sweep, 'EngineReachable').startsWith('False'), signal);
    assert.ok((await all.find('dropped')) !== undefined);

    await all.system.restartTemporal();
    await all.untilGone('dropped', signal);
    assert.deepEqual(await workflowsOf('dropped', signal), ['CANCELLED']);
    await all.until('born', ({ status }) => status?.state === 'Succeeded', signal);
    await all.until('away', (sweep) => condition(sweep, 'Applied') === 'True Followed' && sweep.status?.trials?.total === 9, signal);
    await removed('away', signal);
  },
);

test(
  'a nightly study: no controller, no API server, no Temporal; nights come all the same, and what was asked for is done later',
  options,
  async ({ signal }) => {
    await isThere();
    const { namespace } = all.plane;
    const sweepTemplate = {
      spec: aPythonSweep(all.system.s3.bucket, { numTrials: 1, finalSeeds: 0, pruneAlgorithm: { name: 'none', maxResource: 1 } }).spec,
    };
    const study = (schedule: string) => ({
      apiVersion: 'permafrost.dev/v1alpha1',
      kind: 'CronSweep',
      metadata: { name: 'study', namespace },
      spec: { schedule, sweepTemplate },
    });
    const until = async (holds: (study: CronSweepObject) => boolean): Promise<CronSweepObject> => {
      for (;;) {
        const seen = await all.cluster.get(cronSweeps, 'study');
        if (holds(seen)) return seen;
        await sleep(100, undefined, { signal });
      }
    };
    const isNight = (name: string): boolean => name.startsWith('study-');
    /** Names of its nights, once there are so many. */
    const nights = async (count: number): Promise<readonly string[]> => {
      for (;;) {
        const { items } = await all.cluster.list(sweeps, {});
        const names = items.map(({ metadata }) => metadata.name).filter(isNight);
        if (names.length === count) return names.toSorted();
        await sleep(100, undefined, { signal });
      }
    };
    await all.plane.apply(study('0 2 1 1 *'));
    await until((seen) => condition(seen, 'Scheduled') === 'True Following');
    const schedule = all.system.client.schedule.getHandle(scheduleId({ namespace, name: 'study' }));

    controller.process.kill('SIGTERM'); // its lease goes to the next one at once
    await once(controller.process, 'exit');
    await schedule.trigger(overlapOf.Forbid);
    const [first] = await nights(1);
    assert.equal((await all.find(first!))?.status, undefined);
    controller = await all.startController();
    await until(({ status }) => status?.lastSweep === first && status?.lastSuccessfulTime !== undefined);

    await all.plane.stopPart('kube-apiserver', 'SIGKILL');
    await schedule.trigger(overlapOf.Allow);
    await sleep(1_000);
    await all.plane.startPart('kube-apiserver');
    await isThere();
    const [, second] = await nights(2);
    await all.until(second!, ({ status }) => status?.state === 'Succeeded', signal);

    await all.system.killTemporal();
    await all.plane.apply(study('0 3 1 1 *'));
    const away = await until((seen) => condition(seen, 'EngineReachable') === 'False TemporalUnavailable');
    assert.equal(away.status?.lastSweep, second);
    await all.system.restartTemporal();
    await until(({ status }) => status?.nextScheduleTime?.includes('T03:00') === true);
    await all.system.killTemporal();
    await kubectl('delete', 'cronsweep', 'study', '--wait=false');
    await sleep(1_000);
    assert.ok((await all.cluster.get(cronSweeps, 'study')).metadata.deletionTimestamp !== undefined);
    await all.system.restartTemporal();
    while ((await kubectl('get', 'cronsweeps', '--output=name')) !== '') await sleep(100, undefined, { signal });
    await assert.rejects(schedule.describe(), /not found/i);
  },
);

test('a CRD that is upgraded under live sweeps leaves them under control', options, async ({ signal }) => {
  await isThere();
  await all.apply('upgraded', endless);
  await running('upgraded', signal);
  const newer = JSON.parse(JSON.stringify(sweepCrd));
  newer.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.comment = { type: 'string' };
  await all.plane.applyKinds(newer);
  await follows('upgraded', signal);
  await removed('upgraded', signal);
});

test('drain empties a namespace; what has ended needs no controller for that', options, async ({ signal }) => {
  await isThere();
  await all.apply('over', { numTrials: 1, finalSeeds: 0 });
  await all.apply('live', endless);
  await running('live', signal);
  await all.until('over', ({ status, metadata }) => status?.state === 'Succeeded' && metadata.finalizers === undefined, signal);
  const main = path.join(import.meta.dirname, '../cli/main.ts');
  const env = { ...process.env, KUBECONFIG: all.plane.kubeconfig };
  const args = ['drain', '--context', 'permafrost', '--namespace', all.plane.namespace];
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], { env, signal });
  assert.match(stdout, /^cronsweeps left: 0\n(sweeps left: \d+\n)*sweeps left: 0\n$/);
  assert.deepEqual((await all.cluster.list(sweeps, {})).items, []);
  assert.deepEqual(await workflowsOf('live', signal), ['CANCELLED']);
});

test('a namespace that is deleted takes its sweeps with it: they are cancelled first', options, async ({ signal }) => {
  await isThere();
  await all.plane.startPart('kube-controller-manager');
  await all.apply('homeless', endless);
  await running('homeless', signal);
  await all.plane.kubectl('delete', 'namespace', all.plane.namespace, '--timeout=120s');
  assert.deepEqual(await workflowsOf('homeless', signal), ['CANCELLED']);
});
