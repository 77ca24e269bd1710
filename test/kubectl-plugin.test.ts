/** `kubectl permafrost`, called by the real kubectl, for a sweep that is an object of a real API server. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { submit } from '../cli/submit.ts';
import { sweepCrd } from '../k8s/api/sweep-crd.ts';
import { parseSweep } from '../study/spec.ts';
import { type ControlPlane, openControlPlane, whyNoControlPlane } from '../tools/cluster/test-control-plane.ts';
import { findPinned } from '../tools/servers/binaries.ts';
import { clusterPrograms } from '../tools/servers/catalogue.ts';
import { aPythonSweep, startTestSystem, type TestSystem } from './system.ts';

const skip = whyNoControlPlane();
let plane: ControlPlane;
let system: TestSystem;
let kubectl: string;
let sweepId: string;

before(async () => {
  if (skip !== false) return;
  plane = await openControlPlane();
  system = await startTestSystem();
  await plane.applyKinds(sweepCrd);
  await system.startWorker();
  kubectl = (await findPinned(clusterPrograms.kubectl, { env: process.env, say: console.error })).path;
  const folder = path.join(system.s3.folder, 'bin');
  mkdirSync(folder);
  symlinkSync(fileURLToPath(new URL('../cli/main.ts', import.meta.url)), path.join(folder, 'kubectl-permafrost'));
  sweepId = await aFinishedSweep();
});
after(async () => {
  await system?.close();
  await plane?.remove();
});

/** An object, its sweep, and a status as the controller would write it. */
async function aFinishedSweep(): Promise<string> {
  const { namespace } = plane;
  const written = {
    ...aPythonSweep(system.s3.bucket, { numTrials: 3, pruneAlgorithm: { name: 'none', maxResource: 2 } }),
    metadata: { name: 'python', namespace },
  };
  await plane.apply(written);
  const { metadata } = JSON.parse(await plane.kubectl('get', 'sweep', 'python', '-n', namespace, '-o', 'json'));
  const { id, folder } = await submit(parseSweep(written), { client: system.client, store: system.s3.store }, metadata.uid.slice(0, 8));
  await system.client.workflow.getHandle(id).result();
  const status = { state: 'Succeeded', id, resultsUri: folder, startTime: new Date().toISOString(), progress: '3/3', best: 0.5 };
  await plane.kubectl(
    'patch',
    'sweep',
    'python',
    '-n',
    namespace,
    '--subresource=status',
    '--type=merge',
    '-p',
    JSON.stringify({ status }),
  );
  return id;
}

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a person would type after `kubectl`. */
async function run(...args: readonly string[]): Promise<Output> {
  const env = {
    ...process.env,
    ...system.s3.environment,
    PATH: `${path.join(system.s3.folder, 'bin')}:${path.dirname(process.execPath)}:${process.env.PATH}`,
    KUBECONFIG: plane.kubeconfig,
    TEMPORAL_ADDRESS: system.temporalAddress,
  };
  try {
    return { code: 0, ...(await promisify(execFile)(kubectl, ['permafrost', ...args], { env, cwd: system.s3.folder })) };
  } catch (error) {
    return error as Output; // execFile's has the same fields
  }
}

const inNamespace = () => ['--namespace', plane.namespace];
const specOf = async () => JSON.parse(await plane.kubectl('get', 'sweep', 'python', '-n', plane.namespace, '-o', 'json')).spec;

test('get shows the objects of a namespace by their status', { skip, timeout: 300_000 }, async () => {
  const { stdout } = await run('get', ...inNamespace());
  assert.match(stdout, /^SWEEP +STATUS +TRIALS +RUNNING +BEST +AGE\npython +SUCCEEDED +3\/3 +– +0\.5 +\S+\n$/);
  const { code, stderr } = await run('get', 'absent', ...inNamespace());
  assert.deepEqual([code, /there is no Sweep absent in namespace permafrost-test of https/.test(stderr)], [4, true]);
});

test('trials, logs, best and report read what the sweep has left', { skip, timeout: 300_000 }, async () => {
  assert.match((await run('trials', ...inNamespace())).stdout, /^TRIAL .*\n(.*\n){4}$/);
  assert.match((await run('logs', '0', 'python', ...inNamespace())).stdout, /^--- trial 0, attempt 1\n/);
  assert.equal(JSON.parse((await run('best', sweepId, '-o', 'json', ...inNamespace())).stdout).sweep, sweepId);
  assert.equal((await run('report', 'python', ...inNamespace())).stdout, 'python.html\n');
  assert.match(readFileSync(path.join(system.s3.folder, 'python.html'), 'utf8'), /<h1>python<\/h1>/);
});

test('pause, resume, extend and set-parallel edit the object', { skip, timeout: 300_000 }, async () => {
  assert.equal((await run('pause', 'python', ...inNamespace())).stdout, `${sweepId}: paused\n`);
  assert.equal((await specOf()).suspend, true);
  await run('resume', 'python', ...inNamespace());
  assert.equal((await specOf()).suspend, false);
  assert.equal((await run('extend', '5', 'python', ...inNamespace())).stdout, `${sweepId}: 5 trials in all\n`);
  await run('set-parallel', '3', 'python', ...inNamespace());
  const { numTrials, parallelTrials } = await specOf();
  assert.deepEqual([numTrials, parallelTrials], [5, 3]);
  const { code, stderr } = await run('extend', '2', 'python', ...inNamespace()); // only upwards
  assert.deepEqual([code, /numTrials/.test(stderr)], [4, true], stderr);
});

test('stop-trial goes to the engine; a sweep that is no object is found there', { skip, timeout: 300_000 }, async () => {
  assert.match((await run('stop-trial', '0', 'python', ...inNamespace())).stderr, /already completed/i);
  const { id } = await system.submit({ numTrials: 1, finalSeeds: 0, pruneAlgorithm: { name: 'none', maxResource: 1 } });
  await system.client.workflow.getHandle(id).result();
  assert.match((await run('trials', id, ...inNamespace())).stdout, /^TRIAL .*\n(.*\n){1}$/);
});

test('a context that is not there is told with those that are', { skip, timeout: 300_000 }, async () => {
  const { code, stderr } = await run('get', '--context', 'absent');
  assert.deepEqual([code, /context absent is not in .*; there are: /.test(stderr)], [2, true], stderr);
});
