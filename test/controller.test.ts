/** Sweeps as objects: applied, watched, edited, deleted. A real API server, Temporal, S3 server and worker; the controller is a process of its own. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sweepIdOf } from '../k8s/api/sweep-object.ts';
import { openSweepFolder } from '../results/sweep-folder.ts';
import { trialRows } from '../study/trial-rows.ts';
import { whyNoControlPlane } from '../tools/cluster/test-control-plane.ts';
import { type ControllerProcess, type ControllerSystem, condition, startControllerSystem } from './controller-system.ts';

const skip = whyNoControlPlane();
const options = { skip, timeout: 120_000 };
let all: ControllerSystem;
let controller: ControllerProcess;

before(async () => {
  if (skip !== false) return;
  all = await startControllerSystem();
  [controller] = await Promise.all([all.startController(), all.system.startWorker()]);
});
after(() => all?.close());

/** Long enough to be edited while it runs. */
const slow = { stepSeconds: 0.1, pruneAlgorithm: { name: 'none', maxResource: 20 }, finalSeeds: 0 };
const patch = (name: string, spec: object): Promise<string> =>
  all.plane.kubectl('patch', 'sweep', name, '--namespace', all.plane.namespace, '--type=merge', `--patch=${JSON.stringify({ spec })}`);
const reasonsOf = async (name: string): Promise<readonly string[]> => {
  const events = JSON.parse(await all.plane.kubectl('get', 'events.events.k8s.io', '--namespace', all.plane.namespace, '--output=json'));
  const own = events.items.filter(({ regarding }: { regarding: { name: string } }) => regarding.name === name);
  return own
    .toSorted((a: { eventTime: string }, b: { eventTime: string }) => a.eventTime.localeCompare(b.eventTime))
    .map(({ reason }: { reason: string }) => reason);
};

test('an object that is applied becomes a sweep, and its status tells of it to the end', options, async ({ signal }) => {
  await all.apply('plain', { finalSeeds: 1 });
  const done = await all.until('plain', (sweep) => condition(sweep, 'Succeeded').startsWith('True'), signal);
  const { state, id, progress, trials, best, topTrials, resultsUri = '', observedGeneration, completionTime } = done.status!;
  assert.deepEqual(
    { state, id, progress, observedGeneration, failed: trials?.failed, finals: trials?.finals },
    { state: 'Succeeded', id: sweepIdOf(done.metadata), progress: '6/6', observedGeneration: 1, failed: 0, finals: 1 },
  );
  assert.equal(best, topTrials?.[0]?.value);
  assert.ok(completionTime !== undefined);
  assert.deepEqual(
    ['Valid', 'EngineReachable', 'Applied', 'Suspended', 'Succeeded'].map((type) => condition(done, type)),
    ['True Started', 'True Answers', 'True Followed', 'False NotSuspended', 'True AllTrialsDone'],
  );
  const { owner } = await openSweepFolder(all.system.s3.store, resultsUri).read();
  assert.deepEqual(owner, { apiVersion: 'permafrost.dev/v1alpha1', kind: 'Sweep', name: 'plain', uid: done.metadata.uid });
  assert.deepEqual(await reasonsOf('plain'), ['Started', 'Succeeded']);
  const line = await all.plane.kubectl('get', 'swp', 'plain', '--namespace', all.plane.namespace, '--no-headers');
  assert.match(line, /^plain +random +[\d.e+-]+ +6\/6 +0 +0 +Succeeded /);
});

test('edits reach the running sweep: suspend, scale, resume, more trials', options, async ({ signal }) => {
  await all.apply('edited', { ...slow, numTrials: 3 });
  await all.until('edited', ({ status }) => status?.trials?.running === 2, signal);
  await patch('edited', { suspend: true });
  const suspended = await all.until(
    'edited',
    (sweep) => condition(sweep, 'Suspended').startsWith('True') && sweep.status?.trials?.running === 0,
    signal,
  );
  assert.deepEqual([suspended.status?.state, suspended.status?.observedGeneration], ['Suspended', 2]);
  await all.plane.kubectl('scale', 'sweep', 'edited', '--namespace', all.plane.namespace, '--replicas=1');
  await patch('edited', { suspend: false, numTrials: 4 });
  const resumed = await all.until('edited', ({ status }) => status?.trials?.running === 1, signal);
  assert.deepEqual([resumed.status?.state, resumed.status?.trials?.total, condition(resumed, 'Applied')], ['Running', 4, 'True Followed']);
  const done = await all.until('edited', ({ status }) => status?.state === 'Succeeded', signal);
  assert.equal(done.status?.progress, '4/4');
  await patch('edited', { numTrials: 9 });
  const late = await all.until('edited', (sweep) => condition(sweep, 'Applied').startsWith('False'), signal);
  assert.equal(condition(late, 'Applied'), 'False SearchOver');
  assert.deepEqual(await reasonsOf('edited'), ['Started', 'Suspended', 'Resumed', 'Succeeded', 'EditRefused']);
});

test('a sweep that is deleted is cancelled, and goes when its workflow has closed', options, async ({ signal }) => {
  await all.apply('deleted', slow);
  const { status } = await all.until('deleted', ({ status }) => status?.trials?.running === 2, signal);
  await all.plane.kubectl('delete', 'sweep', 'deleted', '--namespace', all.plane.namespace, '--wait=false');
  await all.untilGone('deleted', signal);
  assert.equal((await all.system.client.workflow.getHandle(status!.id!).describe()).status.name, 'CANCELLED');
  const log = await openSweepFolder(all.system.s3.store, status!.resultsUri!).readLog();
  assert.deepEqual(new Set(trialRows(log).map(({ state }) => state)), new Set(['ended']));
});

test('one that is suspended from the start begins when it is resumed', options, async ({ signal }) => {
  await all.apply('later', { suspend: true, numTrials: 1, finalSeeds: 0 });
  const waiting = await all.until('later', (sweep) => condition(sweep, 'Suspended').startsWith('True'), signal);
  assert.deepEqual([waiting.status?.startTime, condition(waiting, 'Valid')], [undefined, 'True Checked']);
  await patch('later', { suspend: false });
  await all.until('later', ({ status }) => status?.state === 'Succeeded', signal);
});

test('a spec that only its model can judge ends as invalid, and nothing is started', options, async ({ signal }) => {
  const config = { model_type: 'bert', num_hidden_layers: 6, hidden_size: 12, num_attention_heads: 2, intermediate_size: 24 };
  const more = { vocab_size: 100, max_position_embeddings: 64, type_vocab_size: 2, layer_norm_eps: 1e-12, initializer_range: 0.02 };
  const { store, bucket } = all.system.s3;
  const layers = { scheme: 'prefix', frozenPrefix: { min: 0, max: 7 }, learningRate: { min: 1e-5, max: 1e-3 } };
  const deep = {
    parameters: [
      { name: 'layers', searchSpace: { layerwise: layers } },
      { name: 'headLearningRate', searchSpace: { fixed: { value: 0.01 } } },
    ],
    template: { trainer: { model: `s3://${bucket}/model` } },
  };
  await all.apply('missing', {
    ...deep,
    template: { command: undefined, trainer: { model: `s3://${bucket}/nowhere`, data: `s3://${bucket}/data` } },
  });
  const missing = await all.until('missing', (sweep) => condition(sweep, 'Valid').startsWith('False'), signal);
  assert.equal(condition(missing, 'Valid'), 'False InputNotFound');
  await store.put({ bucket, key: 'model/config.json' }, JSON.stringify({ ...config, ...more }));
  await all.apply('deep', deep);
  const invalid = await all.until('deep', (sweep) => condition(sweep, 'Valid').startsWith('False'), signal);
  assert.deepEqual([invalid.status?.state, condition(invalid, 'Succeeded')], ['Invalid', 'False InvalidSpec']);
  assert.equal(
    invalid.status?.conditions?.find(({ type }) => type === 'Valid')?.message,
    "spec.parameters[0].searchSpace.layerwise.frozenPrefix.max: must be <= 6, the number of the model's layers, got 7",
  );
  assert.deepEqual(await reasonsOf('deep'), ['InvalidSpec']);
  await assert.rejects(all.system.client.workflow.getHandle(invalid.status!.id!).describe(), { name: 'WorkflowNotFoundError' });
  await all.plane.kubectl('delete', 'sweep', 'deep', 'missing', '--namespace', all.plane.namespace);
});

test('it tells how it is', options, async () => {
  const answer = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${controller.port}${path}`)).text();
  assert.equal(await answer('/readyz'), 'ok');
  const metrics = await answer('/metrics');
  assert.match(metrics, /^controller_runtime_reconcile_errors_total\{controller="sweep"\} 0$/m);
  assert.match(metrics, /^rest_client_requests_total\{code="200",host="127.0.0.1:\d+",method="PATCH"\} [1-9]\d*$/m);
});
