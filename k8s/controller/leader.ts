import { setTimeout as sleep } from 'node:timers/promises';
import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { Cluster } from '../client/cluster.ts';
import { isAlreadyThere, isConflict, isNotFound } from '../client/errors.ts';
import type { Resource, Stored } from '../client/resource.ts';
import type { Log } from './log.ts';

export interface ElectionOptions {
  /** Answers late or never are worse than none here: connect it with little patience. */
  readonly cluster: Cluster;
  /** Name of the Lease. */
  readonly name: string;
  /** Of this process, among all that ever run: a pod's name. */
  readonly identity: string;
  readonly log: Log;
  readonly times?: ElectionTimes;
}

interface ElectionTimes {
  /** After so long without a sign of the holder others may take the lease. */
  readonly leaseSeconds: number;
  /** After so long without success in renewing it the holder gives up. Less than the lease, so that two never hold it. */
  readonly renewSeconds: number;
  readonly retrySeconds: number;
}

/** Those of client-go. */
const usualTimes: ElectionTimes = { leaseSeconds: 15, renewSeconds: 10, retrySeconds: 2 };

export interface Election {
  /** Resolves when this process leads. */
  readonly won: Promise<void>;
  /** Resolves with the reason when it leads no more: it must stop all work at once. Never before `won`, never after `resign`. */
  readonly lost: Promise<string>;
  isLeader(): boolean;
  /** Steps down, so that the next one need not wait, and leaves the election. */
  resign(): Promise<void>;
}

interface Lease {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: V1ObjectMeta;
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** Times stay text: they have microseconds, and nobody's clock but our own is relied on. */
const leases: Resource<Lease> = { apiVersion: 'coordination.k8s.io/v1', plural: 'leases', read: (json) => json as Stored<Lease> };

/**
 * Stands for election: of all processes with the same Lease one leads. Who wants it compares and swaps by the Lease's version. Whether the holder is
 * gone is judged by how long the Lease has not changed, by this process's own clock; what times the Lease itself tells does not matter.
 */
export function standForElection({ cluster, name, identity, log, times = usualTimes }: ElectionOptions): Election {
  const { leaseSeconds, renewSeconds, retrySeconds } = times;
  const resigned = new AbortController();
  const { promise: won, resolve: win } = Promise.withResolvers<void>();
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
  let held: Stored<Lease> | undefined;

  const claim = (before?: Lease['spec']): Lease => ({
    apiVersion: leases.apiVersion,
    kind: 'Lease',
    metadata: { name },
    spec: {
      holderIdentity: identity,
      leaseDurationSeconds: leaseSeconds,
      acquireTime: before?.holderIdentity === identity ? before.acquireTime! : microTime(), // whoever held it has set it
      renewTime: microTime(),
      leaseTransitions: (before?.leaseTransitions ?? 0) + (before === undefined || before.holderIdentity === identity ? 0 : 1),
    },
  });
  const swap = ({ metadata }: Stored<Lease>, lease: Lease): Promise<Stored<Lease>> =>
    cluster.replace(leases, { ...lease, metadata: { name, resourceVersion: metadata.resourceVersion } });

  /** Waits until the lease is ours. */
  const acquire = async (): Promise<Stored<Lease>> => {
    let seen = '';
    let since = performance.now();
    let told = '';
    /** Once, however often it comes. That another was faster is none. */
    const tellTrouble = (error: unknown): undefined => {
      const { message } = error as Error;
      if (!isConflict(error) && !isAlreadyThere(error) && message !== told)
        log('warn', 'the election makes no headway', { lease: name, error });
      told = message;
    };
    for (;;) {
      try {
        const found = await cluster.get(leases, name);
        if (found.metadata.resourceVersion !== seen) {
          seen = found.metadata.resourceVersion;
          since = performance.now();
        }
        const { holderIdentity = '', leaseDurationSeconds = leaseSeconds } = found.spec ?? {};
        const isFree = holderIdentity === '' || holderIdentity === identity;
        if (isFree || performance.now() - since > leaseDurationSeconds * 1_000) return await swap(found, claim(found.spec));
        told = '';
      } catch (error) {
        const made = isNotFound(error) ? await cluster.create(leases, claim()).catch(tellTrouble) : tellTrouble(error);
        if (made !== undefined) return made;
      }
      await sleep(jittered(retrySeconds), undefined, { signal: resigned.signal });
    }
  };

  /** Until the lease cannot be kept. */
  const keep = async (): Promise<string> => {
    let renewed = performance.now();
    let trouble = '';
    for (;;) {
      await sleep(retrySeconds * 1_000, undefined, { signal: resigned.signal });
      const since = performance.now();
      if (since - renewed > renewSeconds * 1_000) return `the Lease ${name} could not be renewed for ${renewSeconds} s: ${trouble}`;
      try {
        held = await swap(held!, claim(held!.spec)); // set before, and until the end
        renewed = since;
      } catch (error) {
        trouble = (error as Error).message;
        if (isConflict(error) || isNotFound(error)) {
          const found = await cluster.get(leases, name).catch(() => undefined);
          const holder = found?.spec?.holderIdentity;
          if (found !== undefined && holder !== identity) return `the Lease ${name} was taken by ${holder === '' ? 'nobody' : holder}`;
          if (found !== undefined) held = found; // an answer of ours was lost on its way
        }
      }
    }
  };

  const running = (async () => {
    held = await acquire();
    win();
    const why = await keep();
    held = undefined;
    lose(why);
  })().catch((error: unknown) => {
    if (!resigned.signal.aborted) throw error;
  });

  return {
    won,
    lost,
    isLeader: () => held !== undefined,
    async resign() {
      resigned.abort();
      await running;
      if (held === undefined) return;
      const last = held;
      held = undefined;
      const free = { ...last, spec: { ...last.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime() } };
      await swap(last, free).catch(() => {}); // then the others wait until it runs out
    },
  };
}

/** As the API wants it: six digits. */
const microTime = (): string => new Date().toISOString().replace('Z', '000Z');
/** So that candidates do not ask in step. client-go's factor. */
const jittered = (seconds: number): number => seconds * 1_000 * (1 + 0.2 * Math.random());
