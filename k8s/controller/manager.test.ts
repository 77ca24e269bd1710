/** Election, work and endpoints against a real API server, which is cut off and restarted. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig, type V1ConfigMap } from '@kubernetes/client-node';
import { type ControlPlane, openControlPlane, whyNoControlPlane } from '../../tools/cluster/test-control-plane.ts';
import { type Cluster, connectCluster } from '../client/cluster.ts';
import { withDates } from '../client/dates.ts';
import { reflect } from '../client/reflector.ts';
import type { Resource } from '../client/resource.ts';
import type { Controller } from './controller.ts';
import { eventRecorder } from './event-recorder.ts';
import { type Election, standForElection } from './leader.ts';
import { startManager } from './manager.ts';
import { createMetrics } from './metrics.ts';

const skip = whyNoControlPlane();
const configMaps: Resource<V1ConfigMap> = { apiVersion: 'v1', plural: 'configmaps', read: withDates };
const silent = (): void => {};
const brief = { leaseSeconds: 2, renewSeconds: 1, retrySeconds: 0.1 };

let plane: ControlPlane;
let cluster: Cluster;

before(async () => {
  if (skip !== false) return;
  plane = await openControlPlane();
  cluster = connect();
});
after(async () => {
  await cluster?.close();
  await plane?.remove();
});

function connect(): Cluster {
  const config = new KubeConfig();
  config.loadFromFile(plane.kubeconfig);
  const choice = { kind: 'context', context: config.getCurrentContext(), files: [plane.kubeconfig] } as const;
  return connectCluster({ cluster: choice, namespace: plane.namespace, patienceSeconds: 0, answerSeconds: 5 });
}

const candidate = (name: string, identity: string): Election => standForElection({ cluster, name, identity, log: silent, times: brief });
const holderOf = (name: string): Promise<string> =>
  plane.kubectl('get', 'lease', name, '--namespace', plane.namespace, '--output=jsonpath={.spec.holderIdentity} {.spec.leaseTransitions}');
const waited = (what: Promise<unknown>, ms: number): Promise<string> =>
  Promise.race([what.then(() => 'came'), sleep(ms, 'did not come', { ref: false })]);

test('one of two leads; when it resigns the other follows at once', { skip }, async () => {
  const first = candidate('resigning', 'first');
  await first.won;
  const second = candidate('resigning', 'second');
  assert.equal(await waited(second.won, 1_000), 'did not come');
  assert.deepEqual([first.isLeader(), second.isLeader()], [true, false]);
  await first.resign();
  assert.equal(await waited(second.won, 1_500), 'came');
  assert.equal(await holderOf('resigning'), 'second 1');
  await second.resign();
  assert.equal(await holderOf('resigning'), ' 1');
});

test('a leader that says nothing for a lease is followed, whatever times it wrote', { skip }, async () => {
  const lease = (holder: string, renewTime: string) => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'silent', namespace: plane.namespace },
    spec: { holderIdentity: holder, leaseDurationSeconds: 2, acquireTime: renewTime, renewTime, leaseTransitions: 0 },
  });
  await plane.apply(lease('gone', '2000-01-01T00:00:00.000000Z'));
  const next = candidate('silent', 'next');
  assert.equal(await waited(next.won, 1_000), 'did not come'); // its clock may be decades behind: it could be alive
  await plane.apply(lease('gone', '2000-01-01T00:00:02.000000Z')); // and it is
  assert.equal(await waited(next.won, 1_500), 'did not come');
  assert.equal(await waited(next.won, 3_000), 'came');
  await next.resign();
});

test('a leader whose lease is taken, or that cannot renew it, says so', { skip }, async () => {
  const robbed = candidate('robbed', 'robbed');
  await robbed.won;
  await plane.kubectl(
    'patch',
    'lease',
    'robbed',
    '--namespace',
    plane.namespace,
    '--type=merge',
    '--patch={"spec":{"holderIdentity":"thief"}}',
  );
  assert.equal(await robbed.lost, 'the Lease robbed was taken by thief');
  assert.equal(robbed.isLeader(), false);

  const cutOff = candidate('cut-off', 'cut-off');
  await cutOff.won;
  await plane.stopPart('kube-apiserver', 'SIGKILL');
  assert.match(await cutOff.lost, /^the Lease cut-off could not be renewed for 1 s: .*does not answer/);
  const waiting = candidate('cut-off', 'waiting');
  await plane.startPart('kube-apiserver');
  await waiting.won;
  await waiting.resign();
});

test('a controller looks at what is there and at what changes, again after a failure, and tells of it', { skip }, async (context) => {
  const looks: string[] = [];
  const counter: Controller = {
    name: 'counter',
    workers: 2,
    open: (enqueue) => {
      const labelSelector = 'counted=true';
      const copies = reflect({ cluster, resource: configMaps, labelSelector, onChange: ({ metadata }) => enqueue(metadata.name) });
      return {
        reflectors: [copies],
        async reconcile(name) {
          const there = copies.objects.get(name);
          looks.push(`${name} ${there?.data?.value ?? 'gone'}`);
          if (looks.length === 1) throw new Error('the first look fails');
          return {};
        },
      };
    },
  };
  const aConfigMap = (value: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'one', namespace: plane.namespace, labels: { counted: 'true' } },
    data: { value },
  });
  const last = async (want: string): Promise<void> => {
    while (looks.at(-1) !== want) await sleep(20);
  };

  await plane.apply(aConfigMap('1'));
  const manager = await startManager({ controllers: [counter], cluster, identity: 'test', port: 0, metrics: createMetrics(), log: silent });
  context.after(manager.stop);
  const answer = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${manager.port}${path}`)).text();
  while (looks.length < 2) await sleep(20);
  assert.deepEqual(looks.slice(0, 2), ['one 1', 'one 1']);
  assert.equal(manager.isLeader(), true);
  assert.deepEqual([await answer('/healthz'), await answer('/readyz')], ['ok', 'ok']);
  await plane.apply(aConfigMap('2'));
  await last('one 2');
  await plane.kubectl('delete', 'configmap', 'one', '--namespace', plane.namespace);
  await last('one gone');

  const metrics = await answer('/metrics');
  const successes = /controller_runtime_reconcile_total\{controller="counter",result="success"\} (\d+)/.exec(metrics)?.[1];
  assert.equal(Number(successes), looks.length - 1);
  for (const line of [
    'leader_election_master_status{name="permafrost-controller"} 1',
    'controller_runtime_reconcile_errors_total{controller="counter"} 1',
    'controller_runtime_max_concurrent_reconciles{controller="counter"} 2',
    'workqueue_retries_total{name="counter",controller="counter"} 1',
    'workqueue_depth{name="counter",controller="counter"} 0',
  ]) {
    assert.ok(metrics.includes(`${line}\n`), `${line} is not in\n${metrics}`);
  }
  await manager.stop();
  assert.equal(await holderOf('permafrost-controller'), ' 0');
});

test('an event is about its object, and its note fits', { skip }, async () => {
  const { metadata } = await cluster.create(configMaps, { metadata: { name: 'regarded' } });
  const record = eventRecorder(cluster, 'test', silent);
  const about = { apiVersion: 'v1', kind: 'ConfigMap', name: 'regarded', uid: metadata.uid };
  await record(about, { type: 'Warning', reason: 'InvalidSpec', action: 'Check', note: `${'é'.repeat(600)} too long` });
  const found = JSON.parse(await plane.kubectl('get', 'events.events.k8s.io', '--namespace', plane.namespace, '--output=json'));
  const [event] = found.items.filter(({ regarding }: { regarding: { name: string } }) => regarding.name === 'regarded');
  assert.deepEqual(
    [event.type, event.reason, event.action, event.regarding.uid, event.reportingController],
    ['Warning', 'InvalidSpec', 'Check', metadata.uid, 'permafrost.dev/controller'],
  );
  assert.equal(event.note, `${'é'.repeat(510)}…`);
});
