import type { V1Job, V1Pod } from '@kubernetes/client-node';
import type { Cluster } from '../../k8s/client/cluster.ts';
import { reflect } from '../../k8s/client/reflector.ts';
import { jobs, pods, type Stored } from '../../k8s/client/resource.ts';
import type { TrialRef } from '../runner.ts';
import { newestOf } from './leg.ts';
import { ownLabel, selectorOf, trialSelector } from './names.ts';

export interface Leg {
  readonly job: Stored<V1Job>;
  readonly pods: readonly Stored<V1Pod>[];
}

/** Jobs and pods of all trials in the namespace, by one watch of each. */
export interface ClusterView {
  /** Resolves when it has been filled. */
  readonly ready: Promise<void>;
  isReady(): boolean;
  /** The newest Job of the trial with the pods that it owns. */
  leg(ref: TrialRef): Leg | undefined;
  /** All of the trial's pods, of whatever Job. */
  pods(ref: TrialRef): readonly Stored<V1Pod>[];
  /** Resolves at the next change of anything of the trial. */
  nextChange(ref: TrialRef): Promise<void>;
  /** Why the view may be out of date, while it is. */
  problem(): Error | undefined;
  close(): Promise<void>;
}

/** @param onPod - hears of every change of a pod; must not throw, and not wait */
export function viewCluster(cluster: Cluster, onPod: (pod: Stored<V1Pod>, change: 'there' | 'gone') => void): ClusterView {
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  const onChange = ({ metadata }: Stored<object>): void => {
    const key = selectorOf(metadata.labels ?? {});
    waiting.get(key)?.resolve();
    waiting.delete(key);
  };
  const jobIndex = trialIndex<V1Job>(onChange);
  const podIndex = trialIndex<V1Pod>(onChange);
  const options = { cluster, labelSelector: ownLabel };
  const ourJobs = reflect({ ...options, resource: jobs, onChange: jobIndex.onChange });
  const ourPods = reflect({
    ...options,
    resource: pods,
    onChange(pod, change) {
      podIndex.onChange(pod, change);
      onPod(pod, change);
    },
  });
  let isReady = false;
  const ready = Promise.all([ourJobs.ready, ourPods.ready]).then(() => {
    isReady = true;
  });

  return {
    ready,
    isReady: () => isReady,
    leg(ref) {
      const job = newestOf(jobIndex.of(ref));
      if (job === undefined) return undefined;
      const isOwned = ({ metadata }: Stored<V1Pod>): boolean =>
        metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid) === true;
      return { job, pods: podIndex.of(ref).filter(isOwned) };
    },
    pods: (ref) => podIndex.of(ref),
    nextChange(ref) {
      const key = trialSelector(ref);
      const known = waiting.get(key) ?? Promise.withResolvers<void>();
      waiting.set(key, known);
      return known.promise;
    },
    problem: () => ourJobs.problem() ?? ourPods.problem(),
    async close() {
      await Promise.all([ourJobs.close(), ourPods.close()]);
    },
  };
}

/** Objects by trial, as a look at one trial must not go through those of thousands. */
function trialIndex<T>(then: (object: Stored<T>) => void) {
  const byTrial = new Map<string, Map<string, Stored<T>>>();
  return {
    of: (ref: TrialRef): Stored<T>[] => [...(byTrial.get(trialSelector(ref))?.values() ?? [])],
    onChange(object: Stored<T>, change: 'there' | 'gone') {
      const key = selectorOf(object.metadata.labels ?? {});
      const objects = byTrial.get(key) ?? new Map<string, Stored<T>>();
      if (change === 'there') objects.set(object.metadata.uid, object);
      else objects.delete(object.metadata.uid);
      if (objects.size > 0) byTrial.set(key, objects);
      else byTrial.delete(key);
      then(object);
    },
  };
}
