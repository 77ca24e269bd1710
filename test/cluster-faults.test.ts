/** What goes wrong with a trial's pod on a real cluster, and what its user is told. Each row is a sweep of its own; they run side by side. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { queuedTrials } from '../cli/queued.ts';
import type { Summary } from '../study/summary.ts';
import { busyboxImage, nodeName } from '../tools/cluster/node.ts';
import { whyNoOwnCluster } from '../tools/cluster/test-cluster.ts';
import {
  type ClusterSystem,
  type KubernetesObject,
  pythonTrainer,
  shell,
  startClusterSystem,
  sweepLabel,
  trainersOf,
} from './cluster-system.ts';

const skip = whyNoOwnCluster();
const timeout = 300_000;
let system: ClusterSystem;
let worker: ChildProcess;

before(async () => {
  if (skip !== false) return;
  system = await startClusterSystem();
  worker = await system.startWorker();
});
after(() => system?.close());

type Submitted = Awaited<ReturnType<ClusterSystem['submit']>>;

/** One trial and no second chance. */
const oneTrial = { numTrials: 1, parallelTrials: 1, maxFailedTrials: 0, finalSeeds: 0, pruneAlgorithm: { name: 'none', maxResource: 1 } };
const submitOne = (template: Readonly<Record<string, unknown>>): Promise<Submitted> => system.submit({ ...oneTrial, template });

async function failureOf({ id, results }: Submitted) {
  await assert.rejects(system.client.workflow.getHandle(id).result(), WorkflowFailedError);
  return (await results.readLog()).find((event) => event.type === 'failed')?.failure;
}

interface Row {
  readonly name: string;
  readonly template: () => Readonly<Record<string, unknown>>;
  readonly type: string;
  readonly says: RegExp;
  /** How often its pod was started and printed something; absent where the kubelet has an empty log now and then. */
  readonly logs?: number;
}

const rows: readonly Row[] = [
  {
    name: 'image not found',
    template: () => ({ ...shell('exit 0'), image: 'localhost/no/such:1' }),
    type: 'ImageUnavailable',
    says: /^image localhost\/no\/such:1 cannot be had on node node-0 \(.*\): correct spec.trialTemplate.image, push it, or name imagePullSecrets/s,
    logs: 0,
  },
  {
    name: 'a Secret that is not there',
    template: () => ({ ...shell('exit 0'), s3: { secretName: 'no-such' } }),
    type: 'PodCannotStart',
    says: /container cannot start \(CreateContainerConfigError: secret "no-such" not found\): correct spec.trialTemplate .*, or create what is missing/,
    logs: 0,
  },
  {
    name: 'a service account that is not there',
    template: () => ({ ...shell('exit 0'), serviceAccountName: 'nobody' }),
    type: 'PodCannotStart',
    says: /the cluster makes no pod .*serviceaccount "nobody" not found\): correct spec.trialTemplate/,
    logs: 0,
  },
  {
    name: 'a command that is not in the image',
    template: () => ({ ...shell(''), command: ['/no/such/trainer'] }),
    type: 'PodCannotStart',
    says: /container cannot start \(StartError: .*"\/no\/such\/trainer".*\): correct spec.trialTemplate \(command/s,
  },
  {
    name: 'resources that are no quantities',
    template: () => ({ ...shell('exit 0'), resources: { limits: { memory: 'much' } } }),
    type: 'JobRefused',
    says: /the cluster refuses the Job of trial 0 \(.*quantities must match.*\): correct spec.trialTemplate/,
    logs: 0,
  },
  {
    name: 'a configuration that the trainer refuses is not tried again',
    template: () => shell('echo no such method; exit 64'),
    type: 'BadConfiguration',
    says: /ended with exit code 64; the end of its log:\nno such method$/,
    logs: 1,
  },
  {
    name: 'a crash is tried again, a few times',
    template: () => shell('echo no luck; exit 3'),
    type: 'TrainerCrashed',
    says: /ended with exit code 3; the end of its log:\nno luck \(crash 3 of 3 on the way to rung 0\)$/,
    logs: 3,
  },
  {
    name: 'out of memory is not tried again',
    template: () => ({ ...shell('echo all of it; x=x; while :; do x=$x$x; done'), resources: { limits: { memory: '20Mi' } } }),
    type: 'OutOfMemory',
    says: /needed more memory than resources.limits.memory allows \(20Mi\); the end of its log:\nall of it$/,
    logs: 1,
  },
  {
    name: 'the deadline is not tried again',
    template: () => ({ ...shell("trap 'exit 75' TERM; echo slow; while :; do sleep 0.1; done"), activeDeadlineSeconds: 2 }),
    type: 'DeadlineExceeded',
    says: /ran longer than activeDeadlineSeconds \(2\); the end of its log:\nslow$/,
    logs: 1,
  },
];

describe('a pod that fails', { concurrency: true, skip }, () => {
  for (const { name, template, type, says, logs } of rows) {
    test(name, { timeout }, async () => {
      const submitted = await submitOne(template());
      const failure = await failureOf(submitted);
      assert.equal(failure?.type, type, failure?.message);
      assert.match(failure?.message ?? '', says);
      if (logs !== undefined) assert.equal((await submitted.results.trial(0).listLogs()).length, logs);
    });
  }

  test('a pod that fits nowhere waits, and says for what', { timeout }, async ({ signal }) => {
    const { id } = await submitOne({ ...shell('exit 0'), resources: { limits: { 'nvidia.com/gpu': 9 } } });
    assert.match(await reasonToWait(id, signal), /^Unschedulable: 0\/1 nodes are available: 1 Insufficient nvidia.com\/gpu/);
    await system.client.workflow.getHandle(id).cancel();
    await assert.rejects(system.client.workflow.getHandle(id).result());
    assert.deepEqual(await jobsOf(id), []);
  });

  test('a quota that is used up is waited for', { timeout }, async ({ signal }) => {
    const quota = (services: string) => ({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'gpus', namespace: system.cluster.namespace },
      spec: { hard: { 'requests.example.com/licence': services } },
    });
    await system.cluster.apply(quota('0'));
    const { id } = await submitOne({ ...shell('exit 64'), resources: { limits: { 'example.com/licence': 1 } } });
    assert.match(await reasonToWait(id, signal), /exceeded quota: gpus, requested: requests.example.com\/licence=1/);
    await system.client.workflow.getHandle(id).cancel();
    await assert.rejects(system.client.workflow.getHandle(id).result());
  });
});

/** What `permafrost trials` shows of trial 0 while it is queued, once it is more than the first moments. */
async function reasonToWait(id: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    const why = (await queuedTrials(system.client, id, [0])).get(0);
    if (why !== undefined && /Unschedulable|quota/.test(why)) return why;
    await sleep(200, undefined, { signal });
  }
}

const jobsOf = (id: string) => system.objects('jobs', '--selector', sweepLabel(id));

/** Two rungs of about four seconds each, with a checkpoint at the end of each and at every SIGTERM. */
const slow = {
  numTrials: 1,
  parallelTrials: 1,
  finalSeeds: 0,
  maxFailedTrials: 0,
  stepSeconds: 0.4,
  pruneAlgorithm: { name: 'asha', mode: 'stop', minResource: 10, maxResource: 20, reductionFactor: 2 },
  lingerSeconds: 60, // a worker that is killed is missed after 15 s, and the next one takes a while
};
const submitSlow = (template: Readonly<Record<string, unknown>> = {}): Promise<Submitted> =>
  system.submit({ ...slow, template: { ...pythonTrainer(), resources: {}, ...template } });

async function lossOf({ id }: Submitted): Promise<unknown> {
  const summary = (await system.client.workflow.getHandle(id).result()) as Summary;
  assert.deepEqual(summary.counts, { search: 1, failed: 0, reachedTop: 1, finals: 0 });
  return summary.best?.selectionValue;
}

/** The pod of the trial once its trainer has run for a moment. */
async function runningPod({ id }: Submitted, signal: AbortSignal): Promise<KubernetesObject> {
  for (;;) {
    const running = (await system.objects('pods', '--selector', sweepLabel(id))).find(({ status }) => status.phase === 'Running');
    if (running !== undefined) {
      await sleep(1_500, undefined, { signal }); // its first steps
      return running;
    }
    await sleep(300, undefined, { signal });
  }
}

interface Disturbance {
  readonly name: string;
  readonly template?: () => Readonly<Record<string, unknown>>;
  readonly disturb: (pod: KubernetesObject, sweep: Submitted) => Promise<unknown>;
}

const disturbances: readonly Disturbance[] = [
  { name: 'an eviction', disturb: ({ metadata }) => system.evict(metadata.name) },
  { name: 'a pod that is deleted by hand', disturb: ({ metadata }) => system.kubectl('delete', 'pod', metadata.name) },
  {
    name: 'a Job that is deleted by hand',
    disturb: ({ metadata }) => system.kubectl('delete', 'job', metadata.labels!['batch.kubernetes.io/job-name']!),
  },
  {
    name: 'a trainer that is killed',
    disturb: async (_, { folder }) => process.kill(trainersOf(folder)[0]!, 'SIGKILL'),
  },
  {
    name: 'a pod of higher priority that takes the place',
    template: () => ({ priorityClassNames: ['trials'], resources: { limits: { 'example.com/slot': 1 } } }),
    disturb: () => system.cluster.apply(urgentPod()),
  },
];

const urgentPod = () => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'urgent', namespace: system.cluster.namespace },
  spec: {
    restartPolicy: 'Never',
    priorityClassName: 'urgent',
    containers: [{ name: 'main', image: busyboxImage, command: ['sleep', '2'], resources: { limits: { 'example.com/slot': 1 } } }],
  },
});

describe('a pod that is disturbed goes on from its checkpoint, and the result is the same', { concurrency: true, skip }, () => {
  let undisturbed: Promise<unknown>;
  before(async () => {
    const priority = (name: string, value: number) => ({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
    });
    await system.cluster.apply(priority('trials', 100), priority('urgent', 1_000));
    const slot = JSON.stringify({ status: { capacity: { 'example.com/slot': '1' }, allocatable: { 'example.com/slot': '1' } } });
    await system.kubectl('patch', 'node', nodeName, '--subresource=status', '--type=merge', '--patch', slot);
    undisturbed = submitSlow().then(lossOf);
  });

  for (const { name, template, disturb } of disturbances) {
    test(name, { timeout }, async ({ signal }) => {
      const sweep = await submitSlow(template?.());
      await disturb(await runningPod(sweep, signal), sweep);
      assert.equal(await lossOf(sweep), await undisturbed);
      assert.ok((await sweep.results.trial(0).listLogs()).length >= 1);
      const attempts = (await sweep.results.readLog()).flatMap((event) => (event.type === 'reported' ? [event.rung] : []));
      assert.deepEqual(attempts, [0, 1]);
    });
  }

  test('a node that is lost', { timeout }, async ({ signal }) => {
    await system.cluster.apply(...ghostNode());
    await system.kubectl(
      'patch',
      'node',
      'ghost',
      '--subresource=status',
      '--type=merge',
      '--patch',
      JSON.stringify({ status: ghostStatus() }),
    );
    const preference = { matchExpressions: [{ key: 'ghost', operator: 'Exists' }] };
    const spec = {
      tolerations: [{ operator: 'Exists' }],
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference }] } },
    };
    const trainer = pythonTrainer() as { podTemplate: { spec: object } };
    const sweep = await submitSlow({ podTemplate: { spec: { ...trainer.podTemplate.spec, ...spec } } });
    while (!(await system.objects('pods', '--selector', sweepLabel(sweep.id))).some((pod) => pod.spec.nodeName === 'ghost'))
      await sleep(300, undefined, { signal });
    await system.kubectl('delete', 'node', 'ghost');
    assert.equal(await lossOf(sweep), await undisturbed);
  });
});

/** A node without a kubelet: pods that are placed there hear from nobody. */
const ghostNode = () => [
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'ghost', labels: { ghost: 'yes' } },
    spec: { taints: [{ key: 'ghost', effect: 'NoSchedule' }] },
  },
];
const ghostStatus = () => ({
  capacity: { cpu: '8', memory: '8Gi', pods: '10' },
  allocatable: { cpu: '8', memory: '8Gi', pods: '10' },
  conditions: [{ type: 'Ready', status: 'True', reason: 'Ghost', lastHeartbeatTime: new Date(), lastTransitionTime: new Date() }],
});

describe('what trials depend on is away for a while', { skip }, () => {
  test('a worker that is killed: the next one joins the running pod', { timeout }, async ({ signal }) => {
    const sweep = await submitSlow();
    const { metadata } = await runningPod(sweep, signal);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    await system.startWorker();
    const pods = await system.objects('pods', '--selector', sweepLabel(sweep.id));
    assert.deepEqual(
      pods.map((pod) => pod.metadata.uid),
      [metadata.uid],
    );
    await lossOf(sweep);
    assert.deepEqual(await sweep.results.trial(0).listLogs(), [1]);
  });

  test('an API server that is away for 30 seconds', { timeout }, async ({ signal }) => {
    const sweep = await submitSlow();
    await runningPod(sweep, signal);
    await system.cluster.own!.stopPart('kube-apiserver', 'SIGKILL');
    await sleep(30_000, undefined, { signal });
    await system.cluster.own!.startPart('kube-apiserver');
    await lossOf(sweep);
    assert.deepEqual(await sweep.results.trial(0).listLogs(), [1]);
  });
});
