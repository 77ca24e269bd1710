/** What somebody who watches Sweep objects sees of them, and when: `kubectl get sweeps --watch` on a stopwatch. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type SweepObject, sweeps } from '../../k8s/api/sweep-object.ts';
import type { SweepStatus } from '../../k8s/api/sweep-status.ts';
import type { Cluster } from '../../k8s/client/cluster.ts';
import { reflect } from '../../k8s/client/reflector.ts';
import type { Stored } from '../../k8s/client/resource.ts';

/** One object, over time. */
interface Sighting {
  readonly sweep: Stored<SweepObject>;
  /** The most that it ever had, as JSON without spaces. */
  readonly bytes: number;
  /** By the clock, in milliseconds: when it was first seen to be so. */
  readonly since: Readonly<Partial<Record<SweepStatus['state'], number>>>;
}

export interface Sightings {
  of(name: string): Sighting | undefined;
  /** As soon as that holds of it. @throws after so many seconds, with the status that it has */
  until(name: string, seconds: number, holds: (sighting: Sighting) => boolean): Promise<Sighting>;
  close(): Promise<void>;
}

export async function watchSweeps(cluster: Cluster): Promise<Sightings> {
  const seen = new Map<string, Sighting>();
  const copies = reflect({
    cluster,
    resource: sweeps,
    labelSelector: '',
    onChange(sweep) {
      const { name } = sweep.metadata;
      const before = seen.get(name);
      const state = sweep.status?.state;
      seen.set(name, {
        sweep,
        bytes: Math.max(before?.bytes ?? 0, Buffer.byteLength(JSON.stringify(sweep))),
        since: { ...(state && { [state]: Date.now() }), ...before?.since },
      });
    },
  });
  await copies.ready;
  return {
    of: (name) => seen.get(name),
    async until(name, seconds, holds) {
      const deadline = Date.now() + seconds * 1_000;
      for (;;) {
        const sighting = seen.get(name);
        if (sighting !== undefined && holds(sighting)) return sighting;
        if (Date.now() > deadline) throw new Error(`${name}, after ${seconds} s: ${JSON.stringify(sighting?.sweep.status)}`);
        await sleep(20);
      }
    },
    close: () => copies.close(),
  };
}
