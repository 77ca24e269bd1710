import type { Readable } from 'node:stream';
import type { V1Pod } from '@kubernetes/client-node';
import type { Cluster } from '../../k8s/client/cluster.ts';
import { ApiError, ClusterUnreachable } from '../../k8s/client/errors.ts';
import type { Stored } from '../../k8s/client/resource.ts';
import type { TrialFolder } from '../../results/trial-folder.ts';
import { containerName } from './build-job.ts';

export interface PodLogs {
  /**
   * Follows what the pod prints and stores it as the trial's next log when the pod has ended. Resolves when the log is being followed, so that
   * nothing is lost of a pod that is ended afterwards; `tail` has its last 2 kB. Once per pod, however often it is called. A log that is gone with
   * its pod or node is empty.
   */
  keep(trial: TrialFolder, pod: Stored<V1Pod>): Promise<KeptLog>;
  /** The pod is gone: nobody will ask again. */
  forget(uid: string): void;
}

export interface KeptLog {
  readonly tail: Promise<string>;
}

const keptBytes = 4 * 1024 * 1024;
const tailLines = 50_000;
const tailBytes = 2_048;
const longestMs = 10 * 60_000;

export function podLogs(cluster: Cluster): PodLogs {
  const kept = new Map<string, Promise<KeptLog>>();
  const storing = new Map<string, Promise<void>>();

  /** One at a time for a trial, as each takes the next number. */
  const store = (trial: TrialFolder, text: string): Promise<void> => {
    const put = async () => trial.putLog(1 + Math.max(0, ...(await trial.listLogs())), text);
    const before = storing.get(trial.address) ?? Promise.resolve();
    const own = before.catch(() => {}).then(put); // whoever stored that one hears of its error
    storing.set(trial.address, own);
    const forget = () => storing.get(trial.address) === own && storing.delete(trial.address);
    own.then(forget, forget);
    return own;
  };

  const follow = async (trial: TrialFolder, pod: Stored<V1Pod>): Promise<KeptLog> => {
    const signal = AbortSignal.timeout(longestMs);
    const stream = await cluster.log(pod.metadata.name, { container: containerName, tailLines, signal }).catch(noLog);
    if (stream === undefined) return { tail: Promise.resolve('') };
    const stored = async () => {
      const text = await lastOf(stream);
      await store(trial, text);
      return text.slice(-tailBytes);
    };
    const tail = stored();
    tail.catch(() => {}); // whoever waits for it hears of it
    return { tail };
  };

  return {
    keep(trial, pod) {
      const { uid } = pod.metadata;
      const known = kept.get(uid) ?? follow(trial, pod);
      kept.set(uid, known);
      known.then(({ tail }) => tail).catch(() => kept.delete(uid)); // the next call tries again
      return known;
    },
    forget: (uid) => void kept.delete(uid),
  };
}

/** The end of a stream that may be long. One that breaks off is kept as far as it came. */
async function lastOf(stream: Readable): Promise<string> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes <= 2 * keptBytes) continue;
      chunks = [Buffer.concat(chunks).subarray(-keptBytes)];
      bytes = keptBytes;
    }
  } catch {
    // its node went away, or the connection: there is no more of it
  }
  return Buffer.concat(chunks).subarray(-keptBytes).toString('utf8');
}

/** A pod that is gone, one that never started, or one on a node that does not answer. */
function noLog(error: unknown): undefined {
  if (!(error instanceof ApiError || error instanceof ClusterUnreachable)) throw error;
}
