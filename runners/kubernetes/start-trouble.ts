import type { V1Job } from '@kubernetes/client-node';
import type { Cluster } from '../../k8s/client/cluster.ts';
import { events, type Stored } from '../../k8s/client/resource.ts';
import { type LegStatus, legStatus } from './leg.ts';
import type { Leg } from './view.ts';

type Verdict = Exclude<LegStatus, { readonly state: 'podless' | 'blocked' }>;

/** A Job gets its pod within this; then we ask why not, and again at an interval. */
const podlessMs = 3_000;
const askEveryMs = 30_000;

/**
 * Looks at a leg of one trial again and again: one that is blocked for longer than the grace counts as never started, and one without a pod is asked
 * for the reason. A quota is waited for, as it is free again when others end.
 */
export function startTrouble(cluster: Cluster, graceSeconds: number): (leg: Leg) => Promise<Verdict> {
  let blockedSince: number | undefined;
  let podlessSince: number | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let refusal: string | undefined;

  const refusalOf = async (job: Stored<V1Job>): Promise<string | undefined> => {
    const now = Date.now();
    podlessSince ??= now;
    if (now - podlessSince >= podlessMs && now - askedAt >= askEveryMs) {
      askedAt = now;
      refusal = await podRefusal(cluster, job);
    }
    return refusal;
  };

  const explained = async ({ job, pods }: Leg): Promise<Exclude<LegStatus, { readonly state: 'podless' }>> => {
    const status = legStatus(job, pods);
    if (status.state !== 'podless') {
      podlessSince = undefined;
      refusal = undefined;
      return status;
    }
    const said = await refusalOf(job);
    if (said === undefined) return { state: 'queued', why: `Job ${job.metadata.name} has no pod yet` };
    if (isQuota(said)) return { state: 'queued', why: said };
    return {
      state: 'blocked',
      error: 'PodCannotStart',
      why: `the cluster makes no pod for Job ${job.metadata.name} (${said}): correct spec.trialTemplate, or create what is missing`,
    };
  };

  return async (leg) => {
    const status = await explained(leg);
    if (status.state !== 'blocked') {
      blockedSince = undefined;
      return status;
    }
    blockedSince ??= Date.now();
    const { error, why } = status;
    return Date.now() - blockedSince < graceSeconds * 1_000 ? { state: 'queued', why } : { state: 'neverStarted', error, why };
  };
}

export const isQuota = (message: string): boolean => message.includes('exceeded quota');

/** The reason why a Job has no pod, in the words of who refused it. */
async function podRefusal(cluster: Cluster, { metadata }: Stored<V1Job>): Promise<string | undefined> {
  const { items } = await cluster.list(events, { fieldSelector: `involvedObject.uid=${metadata.uid},reason=FailedCreate` });
  const newest = items.toSorted((a, b) => (b.lastTimestamp?.getTime() ?? 0) - (a.lastTimestamp?.getTime() ?? 0))[0];
  return newest?.message;
}
