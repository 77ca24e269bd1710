/** What a Job and its pods say about the leg of a trial that they run. Pure: it is looked at anew after every change. */

import { constants } from 'node:os';
import type { V1ContainerState, V1Job, V1Pod } from '@kubernetes/client-node';
import type { Stored } from '../../k8s/client/resource.ts';
import type { Exit } from '../runner.ts';
import { containerName } from './build-job.ts';

/** How it ended, before its log has been read. */
type End = Exit extends infer One ? (One extends Exit ? Omit<One, 'logTail'> : never) : never;

export type LegStatus =
  | { readonly state: 'queued'; readonly why: string }
  | { readonly state: 'running'; readonly why: string }
  /** No pod was made yet; an event may tell why. */
  | { readonly state: 'podless' }
  /** It cannot start as it is; that may pass, when an image or a secret comes late. */
  | { readonly state: 'blocked'; readonly error: StartError; readonly why: string }
  | { readonly state: 'ended'; readonly end: End }
  | { readonly state: 'neverStarted'; readonly error: StartError; readonly why: string };

export type StartError = 'ImageUnavailable' | 'PodCannotStart';

/** @param pods - of this Job, in any order */
export function legStatus(job: V1Job, pods: readonly Stored<V1Pod>[]): LegStatus {
  const pod = newestOf(pods);
  const finished = conditionOf(job, 'Complete') ?? conditionOf(job, 'Failed');
  if (pod !== undefined && hasEnded(pod)) {
    const disruption = disruptionOf(pod);
    if (disruption === undefined) return endOf(pod);
    if (finished === undefined)
      return { state: 'queued', why: `pod ${pod.metadata.name} was disrupted (${disruption}); the next is made soon` };
    return ended({ kind: 'preempted', because: disruption });
  }
  if (finished !== undefined) {
    if (finished.type === 'Complete') return ended({ kind: 'exited', code: 0 });
    return ended({ kind: 'lost' });
  }
  if (job.spec?.suspend === true) return { state: 'queued', why: `suspended, waiting for queue ${queueOf(job)}` };
  if (pod === undefined) return { state: 'podless' };
  if (pod.metadata.deletionTimestamp !== undefined) {
    return { state: 'queued', why: `pod ${pod.metadata.name} is being ended${nodeNote(pod)}` };
  }
  return pod.status?.phase === 'Running' ? { state: 'running', why: `pod ${pod.metadata.name}${nodeNote(pod)}` } : waiting(pod);
}

/** Nothing of it runs any more. */
export function hasEnded(pod: V1Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

export function newestOf<T extends Stored<object>>(objects: readonly T[]): T | undefined {
  const age = ({ metadata }: T) => metadata.creationTimestamp?.getTime() ?? 0;
  return objects.toSorted((a, b) => age(b) - age(a) || b.metadata.name.localeCompare(a.metadata.name))[0];
}

function waiting(pod: Stored<V1Pod>): LegStatus {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') return { state: 'queued', why: `${scheduled.reason}: ${scheduled.message}` };
  const { reason = '', message = '' } = trainerState(pod)?.waiting ?? {};
  const said = [reason, message].filter((text) => text !== '').join(': ');
  if (imageReasons.has(reason)) {
    const why = `image ${imageOf(pod)} cannot be had${nodeNote(pod)} (${said}): correct spec.trialTemplate.image, push it, or name imagePullSecrets in podTemplate`;
    return reason === 'InvalidImageName'
      ? { state: 'neverStarted', error: 'ImageUnavailable', why }
      : { state: 'blocked', error: 'ImageUnavailable', why };
  }
  if (configReasons.has(reason)) return { state: 'blocked', error: 'PodCannotStart', why: cannotStart(said) };
  return { state: 'queued', why: `pod ${pod.metadata.name} starts${nodeNote(pod)}${said === '' ? '' : ` (${said})`}` };
}

const imageReasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
]);
const configReasons = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);
/** How a container runtime calls a command that it could not start. */
const startReasons = new Set(['StartError', 'ContainerCannotRun', 'RunContainerError']);

function endOf(pod: V1Pod): LegStatus {
  if (pod.status?.reason === 'DeadlineExceeded') return ended({ kind: 'deadline' });
  const { exitCode, reason = '', message = '' } = trainerState(pod)?.terminated ?? {};
  if (exitCode === undefined) return ended({ kind: 'lost' });
  if (startReasons.has(reason)) return { state: 'neverStarted', error: 'PodCannotStart', why: cannotStart(`${reason}: ${message.trim()}`) };
  if (reason === 'OOMKilled') return ended({ kind: 'outOfMemory' });
  const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
  return ended(signal === undefined ? { kind: 'exited', code: exitCode } : { kind: 'killed', signal });
}

const ended = (end: End): LegStatus => ({ state: 'ended', end });

const cannotStart = (said: string): string =>
  `the trial's container cannot start (${said}): correct spec.trialTemplate (command, podTemplate, s3), or create what is missing`;

const trainerState = (pod: V1Pod): V1ContainerState | undefined =>
  pod.status?.containerStatuses?.find(({ name }) => name === containerName)?.state;

const imageOf = (pod: V1Pod): string => pod.spec?.containers.find(({ name }) => name === containerName)?.image ?? '';

const nodeNote = (pod: V1Pod): string => (pod.spec?.nodeName === undefined ? '' : ` on node ${pod.spec.nodeName}`);

const queueOf = (job: V1Job): string => job.metadata?.labels?.['kueue.x-k8s.io/queue-name'] ?? 'no one';

const conditionOf = (job: V1Job, type: 'Complete' | 'Failed') =>
  job.status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');

/** Why it was ended from outside: eviction, preemption, a node that went away. */
function disruptionOf(pod: V1Pod): string | undefined {
  const condition = pod.status?.conditions?.find(({ type, status }) => type === 'DisruptionTarget' && status === 'True');
  return condition && `${condition.reason}: ${condition.message}`;
}
