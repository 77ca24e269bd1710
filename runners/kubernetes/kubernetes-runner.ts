import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Job, V1Pod } from '@kubernetes/client-node';
import type { Cluster } from '../../k8s/client/cluster.ts';
import { ApiError, isAlreadyThere, isNotFound } from '../../k8s/client/errors.ts';
import { gate } from '../../k8s/client/gate.ts';
import { jobs, type Stored } from '../../k8s/client/resource.ts';
import type { ObjectStore } from '../../results/object-store.ts';
import { openSweepFolder } from '../../results/sweep-folder.ts';
import type { TrialFolder } from '../../results/trial-folder.ts';
import type { RunState, TrialJob, TrialRef, TrialRunner } from '../runner.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { buildJob, type PodDefaults } from './build-job.ts';
import { hasEnded, type StartError } from './leg.ts';
import { selectorOf, sweepAnnotation, trialSelector } from './names.ts';
import { type KeptLog, podLogs } from './pod-logs.ts';
import { isQuota, startTrouble } from './start-trouble.ts';
import { type Leg, viewCluster } from './view.ts';

export interface KubernetesRunnerOptions {
  readonly cluster: Cluster;
  readonly store: ObjectStore;
  readonly defaults: PodDefaults;
  /** How long a pod that cannot start (its image is missing, or a secret) may stay so before its trial fails. */
  readonly startGraceSeconds: number;
}

export interface KubernetesRunner extends TrialRunner {
  /** Ends all that runs here and was attached to: trainers write a checkpoint, and the next `attach` goes on from it. For when the S3 server is about to stop. */
  suspend(): Promise<void>;
  /** Lets go of the cluster. Trials go on. */
  close(): Promise<void>;
}

/** A pod's image cannot be had. */
class ImageUnavailable extends Error {
  override readonly name = 'ImageUnavailable';
}
/** A pod cannot be made, or its container cannot be started. */
class PodCannotStart extends Error {
  override readonly name = 'PodCannotStart';
}
/** The cluster does not take the Job. */
class JobRefused extends Error {
  override readonly name = 'JobRefused';
}
const startErrors: Readonly<Record<StartError, new (message: string) => Error>> = { ImageUnavailable, PodCannotStart };

/** However quiet the watch is, a trial is looked at so often. */
const lookEveryMs = 5_000;
/** Beyond its own grace, a pod that has not ended by now is on a node that does not answer. */
const lostAfterSeconds = 30;
/** Each holds a connection that follows a log. */
const removalsAtATime = 32;

/**
 * Runs each leg of a trial as a Job, and looks after all of them by one watch. What is known of a leg is in the cluster alone, so any worker can join
 * any trial. A Job is removed when its log is stored and its end told; an end that nobody heard of is told by the next `attach`.
 * `attach` throws ImageMissing, ImageUnavailable, PodCannotStart, JobRefused, and the errors of the cluster's client and of the object store.
 */
export function kubernetesRunner({ cluster, store, defaults, startGraceSeconds }: KubernetesRunnerOptions): KubernetesRunner {
  const logs = podLogs(cluster);
  const view = viewCluster(cluster, (pod, change) => (change === 'gone' ? logs.forget(pod.metadata.uid) : keepIfEnding(pod)));
  const removals = gate(removalsAtATime);
  const attached = new Map<string, TrialRef>();
  const folderOf = (ref: TrialRef): TrialFolder => openSweepFolder(store, ref.sweep.folder).trial(ref.trial);
  const keepLogs = (ref: TrialRef, pods: readonly Stored<V1Pod>[]): Promise<KeptLog[]> =>
    Promise.all(pods.map((pod) => logs.keep(folderOf(ref), pod)));
  const change = (ref: TrialRef): Promise<void> => Promise.race([view.nextChange(ref), sleep(lookEveryMs, undefined, { ref: false })]);

  /** Creates the next Job, or finds that another worker has. Returns why it must wait, if it must. */
  const start = async (job: TrialJob): Promise<string | undefined> => {
    const folder = folderOf(job.ref);
    const attempt = 1 + Math.max(0, ...(await folder.listLogs()));
    const made = buildJob(job, attempt, folder.address, defaults);
    try {
      await cluster.create(jobs, made);
      return undefined;
    } catch (error) {
      if (isAlreadyThere(error)) return refuseOther(cluster, made);
      if (!(error instanceof ApiError) || error.code >= 500) throw error;
      if (isQuota(error.message)) return error.message;
      throw new JobRefused(`the cluster refuses the Job of trial ${job.ref.trial} (${error.message}): correct spec.trialTemplate`, {
        cause: error,
      });
    }
  };

  /** Logs first, as they go with the Job. Returns the end of the last. */
  const conclude = async (ref: TrialRef, { job, pods }: Leg): Promise<string> => {
    const kept = await keepLogs(ref, pods);
    const tails = await Promise.all(kept.map(({ tail }) => tail));
    await cluster.remove(jobs, job.metadata.name);
    return tails.at(-1) ?? '';
  };

  /** A pod that is replaced or deleted takes its log with it, and nobody may be attached at that moment. */
  function keepIfEnding(pod: Stored<V1Pod>): void {
    const ref = attached.get(selectorOf(pod.metadata.labels ?? {}));
    if (ref === undefined || !(hasEnded(pod) || pod.metadata.deletionTimestamp !== undefined)) return;
    logs.keep(folderOf(ref), pod).catch(() => {}); // tried again with its next change, and by whoever concludes the leg
  }

  const remove = (ref: TrialRef): Promise<void> =>
    removals(async () => {
      await view.ready;
      const pods = view.pods(ref);
      const kept = await keepLogs(ref, pods.filter(hasStarted));
      await cluster.removeAll(jobs, trialSelector(ref));
      const deadline = Date.now() + 1_000 * (lostAfterSeconds + Math.max(0, ...pods.map(graceOf)));
      while (Date.now() < deadline && (view.leg(ref) !== undefined || view.pods(ref).some((pod) => !hasEnded(pod)))) await change(ref);
      await Promise.all(kept.map(({ tail }) => tail));
      attached.delete(trialSelector(ref));
    });

  return {
    remove,
    async attach(job, { signal, onState }) {
      const { ref } = job;
      attached.set(trialSelector(ref), ref);
      const tell = onlyChanges(onState, () => view.problem());
      const look = startTrouble(cluster, startGraceSeconds);
      let joined: string | undefined;
      for (;;) {
        const next = change(ref);
        if (!view.isReady()) {
          tell('queued', 'waiting for the cluster');
          await unlessAborted(Promise.race([view.ready, next]), signal);
          continue;
        }
        const leg = view.leg(ref);
        if (leg === undefined) {
          if (joined !== undefined) return { kind: 'preempted', because: `Job ${joined} was deleted`, logTail: '' };
          const before = view.pods(ref).find((pod) => !hasEnded(pod));
          tell('queued', before === undefined ? await start(job) : `pod ${before.metadata.name} of an earlier start has not ended`);
        } else {
          joined = leg.job.metadata.name;
          const status = await look(leg);
          if (status.state === 'ended') return { ...status.end, logTail: await conclude(ref, leg) };
          if (status.state === 'neverStarted') {
            await cluster.remove(jobs, joined);
            throw new startErrors[status.error](status.why);
          }
          tell(status.state, status.why);
        }
        await unlessAborted(next, signal);
      }
    },
    async suspend() {
      await Promise.all([...attached.values()].map(remove));
    },
    async close() {
      await view.close();
    },
  };
}

/** The name holds the sweep's uid and the trial, so what has it is ours; but a name can be cut, and chance is chance. */
async function refuseOther(cluster: Cluster, made: V1Job): Promise<string | undefined> {
  const name = made.metadata!.name!; // set by buildJob
  try {
    const { metadata } = await cluster.get(jobs, name);
    const [theirs, ours] = [metadata.annotations?.[sweepAnnotation], made.metadata!.annotations![sweepAnnotation]];
    if (theirs !== ours)
      throw new JobRefused(`Job ${name} is there already and belongs to sweep ${theirs ?? '(none)'}, not to ${ours}: remove it`);
    return metadata.deletionTimestamp === undefined ? undefined : `Job ${name} of an earlier start is being deleted`;
  } catch (error) {
    if (isNotFound(error)) return undefined; // gone meanwhile: the next look starts anew
    throw error;
  }
}

function onlyChanges(onState: (state: RunState, why?: string) => void, problem: () => Error | undefined) {
  let last = '';
  return (state: RunState, why: string | undefined): void => {
    const shown = problem()?.message ?? why;
    if (last === `${state} ${shown}`) return;
    last = `${state} ${shown}`;
    onState(state, shown);
  };
}

const hasStarted = (pod: V1Pod): boolean => pod.status?.phase !== 'Pending';
const graceOf = (pod: V1Pod): number => pod.spec?.terminationGracePeriodSeconds ?? 30;
