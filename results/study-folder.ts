import { z } from 'zod';
import { parseAddress, within } from './address.ts';
import { putJson, readJson } from './json-object.ts';
import type { ObjectStore } from './object-store.ts';

/** A series of sweeps that can learn from each other. */
export interface StudyRef {
  /** `spec.results.uri` of its sweeps. */
  readonly uri: string;
  readonly namespace: string;
  /** `spec.study` */
  readonly study: string;
}

/** A sweep of the study that has ended. */
interface StudyEntry {
  readonly id: string;
  /** `s3://bucket/prefix/<id>` */
  readonly folder: string;
  /** ISO 8601. */
  readonly finishedAt: string;
}
const entryFile = z.object({ id: z.string(), folder: z.string(), finishedAt: z.iso.datetime() });

/** Which sweeps of a study have ended: `studies/<namespace>.<study>/` beside their folders. It outlives what Temporal and the cluster remember. */
export interface StudyFolder {
  /** Entering a sweep again changes nothing. */
  enter(sweep: StudyEntry): Promise<void>;
  /** The last ones to end, oldest first. @throws {InvalidObject} */
  last(count: number): Promise<readonly StudyEntry[]>;
}

/** @throws {AddressError} */
export function openStudyFolder(store: ObjectStore, { uri, namespace, study }: StudyRef): StudyFolder {
  const folder = within(parseAddress(uri), `studies/${namespace}.${encodeURIComponent(study)}`);
  return {
    async enter(sweep) {
      await putJson(store, within(folder, `${sweep.finishedAt.replaceAll(':', '-')}.${sweep.id}.json`), { schema: 1, ...sweep });
    },
    async last(count) {
      if (count === 0) return [];
      const entries = await Array.fromAsync(store.list(folder)); // in the order of their keys, which is that of time
      return Promise.all(entries.slice(-count).map(({ address }) => readJson(store, address, entryFile)));
    },
  };
}
