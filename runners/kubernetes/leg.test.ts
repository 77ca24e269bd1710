import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { V1ContainerState, V1Job, V1JobCondition, V1Pod, V1PodCondition } from '@kubernetes/client-node';
import type { Stored } from '../../k8s/client/resource.ts';
import { type LegStatus, legStatus } from './leg.ts';

const aJob = ({ suspend = false, conditions = [] }: { suspend?: boolean; conditions?: readonly V1JobCondition[] } = {}): V1Job => ({
  metadata: { name: 'job', labels: { 'kueue.x-k8s.io/queue-name': 'research' } },
  spec: { suspend, template: {} },
  status: { conditions: [...conditions] },
});

interface PodParts {
  readonly name?: string;
  readonly phase?: string;
  readonly reason?: string;
  readonly node?: string;
  readonly state?: V1ContainerState;
  readonly conditions?: readonly V1PodCondition[];
  readonly deleted?: boolean;
  readonly created?: number;
}
const aPod = ({
  name = 'pod',
  phase = 'Pending',
  reason,
  node,
  state,
  conditions = [],
  deleted = false,
  created = 0,
}: PodParts): Stored<V1Pod> => ({
  metadata: {
    name,
    uid: name,
    resourceVersion: '1',
    creationTimestamp: new Date(created),
    ...(deleted && { deletionTimestamp: new Date(created) }),
  },
  spec: { containers: [{ name: 'trainer', image: 'mine:1' }], ...(node && { nodeName: node }) },
  status: {
    phase,
    ...(reason && { reason }),
    conditions: [...conditions],
    containerStatuses: state === undefined ? [] : [{ name: 'trainer', image: '', imageID: '', ready: false, restartCount: 0, state }],
  },
});
const terminated = (exitCode: number, reason = 'Error', message?: string): V1ContainerState => ({
  terminated: { exitCode, reason, ...(message && { message }) },
});
const ended = (exitCode: number, reason?: string) =>
  aPod({ phase: exitCode === 0 ? 'Succeeded' : 'Failed', state: terminated(exitCode, reason) });
const evicted: V1PodCondition = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'EvictionByEvictionAPI',
  message: 'Eviction API: evicting',
};

const cases: readonly { name: string; job?: V1Job; pods: readonly Stored<V1Pod>[]; want: LegStatus }[] = [
  { name: 'a new Job has no pod', pods: [], want: { state: 'podless' } },
  {
    name: 'a suspended Job is queued',
    job: aJob({ suspend: true }),
    pods: [],
    want: { state: 'queued', why: 'suspended, waiting for queue research' },
  },
  {
    name: 'a pod that does not fit waits, in the words of the scheduler',
    pods: [aPod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available' }] })],
    want: { state: 'queued', why: 'Unschedulable: 0/1 nodes are available' },
  },
  {
    name: 'a pod whose image is being pulled starts',
    pods: [aPod({ node: 'n', state: { waiting: { reason: 'ContainerCreating' } } })],
    want: { state: 'queued', why: 'pod pod starts on node n (ContainerCreating)' },
  },
  {
    name: 'an image that cannot be had blocks',
    pods: [aPod({ node: 'n', state: { waiting: { reason: 'ImagePullBackOff', message: 'not found' } } })],
    want: {
      state: 'blocked',
      error: 'ImageUnavailable',
      why: 'image mine:1 cannot be had on node n (ImagePullBackOff: not found): correct spec.trialTemplate.image, push it, or name imagePullSecrets in podTemplate',
    },
  },
  {
    name: 'a missing secret blocks',
    pods: [aPod({ state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "x" not found' } } })],
    want: {
      state: 'blocked',
      error: 'PodCannotStart',
      why: 'the trial\'s container cannot start (CreateContainerConfigError: secret "x" not found): correct spec.trialTemplate (command, podTemplate, s3), or create what is missing',
    },
  },
  {
    name: 'a command that is not there never started',
    pods: [aPod({ phase: 'Failed', state: terminated(128, 'StartError', 'no such file') })],
    want: {
      state: 'neverStarted',
      error: 'PodCannotStart',
      why: "the trial's container cannot start (StartError: no such file): correct spec.trialTemplate (command, podTemplate, s3), or create what is missing",
    },
  },
  { name: 'a running pod', pods: [aPod({ phase: 'Running', node: 'n' })], want: { state: 'running', why: 'pod pod on node n' } },
  { name: 'a good end, before the Job says so', pods: [ended(0)], want: { state: 'ended', end: { kind: 'exited', code: 0 } } },
  { name: 'an exit code', pods: [ended(65)], want: { state: 'ended', end: { kind: 'exited', code: 65 } } },
  { name: 'a signal', pods: [ended(137)], want: { state: 'ended', end: { kind: 'killed', signal: 'SIGKILL' } } },
  { name: 'out of memory', pods: [ended(137, 'OOMKilled')], want: { state: 'ended', end: { kind: 'outOfMemory' } } },
  {
    name: 'the deadline of the pod, whatever the trainer said on its way out',
    pods: [aPod({ phase: 'Failed', reason: 'DeadlineExceeded', state: terminated(75) })],
    want: { state: 'ended', end: { kind: 'deadline' } },
  },
  { name: 'a failed pod that left no exit code', pods: [aPod({ phase: 'Failed' })], want: { state: 'ended', end: { kind: 'lost' } } },
  {
    name: 'an evicted pod is replaced by the Job',
    pods: [aPod({ phase: 'Failed', conditions: [evicted], state: terminated(75) })],
    want: { state: 'queued', why: 'pod pod was disrupted (EvictionByEvictionAPI: Eviction API: evicting); the next is made soon' },
  },
  {
    name: 'an evicted pod of a Job that is over for good',
    job: aJob({ conditions: [{ type: 'Failed', status: 'True' }] }),
    pods: [aPod({ phase: 'Failed', conditions: [evicted], state: terminated(143) })],
    want: { state: 'ended', end: { kind: 'preempted', because: 'EvictionByEvictionAPI: Eviction API: evicting' } },
  },
  {
    name: 'the newest pod counts',
    pods: [aPod({ name: 'new', phase: 'Running', created: 2 }), aPod({ name: 'old', phase: 'Failed', conditions: [evicted], created: 1 })],
    want: { state: 'running', why: 'pod new' },
  },
  {
    name: 'a pod that is being deleted',
    pods: [aPod({ phase: 'Running', node: 'n', deleted: true })],
    want: { state: 'queued', why: 'pod pod is being ended on node n' },
  },
  {
    name: 'a failed Job whose pod is gone',
    job: aJob({ conditions: [{ type: 'Failed', status: 'True' }] }),
    pods: [],
    want: { state: 'ended', end: { kind: 'lost' } },
  },
  {
    name: 'a complete Job whose pod is gone',
    job: aJob({ conditions: [{ type: 'Complete', status: 'True' }] }),
    pods: [],
    want: { state: 'ended', end: { kind: 'exited', code: 0 } },
  },
];
for (const { name, job = aJob(), pods, want } of cases) {
  test(`leg: ${name}`, () => assert.deepEqual(legStatus(job, pods), want));
}
