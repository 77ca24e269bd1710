import { z } from 'zod';
import type { SweepLog } from '../study/log.ts';
import { formatAddress, parseAddress, pathWithin, within } from './address.ts';
import { eventLog } from './event-log.ts';
import { createJson, findJson, putJson, readJson } from './json-object.ts';
import type { ObjectStore } from './object-store.ts';
import { findDigests, writeManifest } from './stored-folder.ts';
import type { SweepFile } from './sweep-file.ts';
import { openTrialFolder, type TrialFolder } from './trial-folder.ts';

/** All of one sweep in S3. Keep the object while you work on the sweep: it remembers what never changes: `sweep.json` and the segments of the log. */
export interface SweepFolder {
  /** `s3://bucket/prefix/<id>` */
  readonly address: string;
  /** 'exists' means that another sweep.json is there and stays. */
  create(file: SweepFile): Promise<'created' | 'exists'>;
  /** `sweep.json` never changes, so it is fetched once in the life of this object. @throws {ObjectNotFound | InvalidObject} */
  read(): Promise<SweepFile>;
  trial(number: number): TrialFolder;
  /** Of all trials, when none will ever be trained on. */
  removeCheckpoints(): Promise<void>;
  /** @throws {LogConflict} if the segment holds other events; the same again are fine */
  appendLog(segment: number, events: SweepLog): Promise<void>;
  readLog(): Promise<SweepLog>;
  /** Copies the trial's model to `best/` and describes it in `best/manifest.json`, digests included. A trainer need not leave a model. */
  publishBest(trial: number, about: Readonly<Record<string, unknown>>): Promise<'published' | 'noModel'>;
  /** `report/summary.json`: what the search found, as the one who wrote it shaped it. */
  writeSummary(summary: object): Promise<void>;
  readSummary(): Promise<unknown>;
  /** `report/index.html` */
  writeReport(page: string): Promise<void>;
  readReport(): Promise<string | undefined>;
}

// Written by us alone: the version is checked, the rest is trusted.
const sweepFile = z.looseObject({ schema: z.literal(1), id: z.string() }) as unknown as z.ZodType<SweepFile>;

/** @throws {AddressError} */
export function openSweepFolder(store: ObjectStore, address: string): SweepFolder {
  const folder = parseAddress(address);
  const at = (path: string) => within(folder, path);
  const log = eventLog(store, folder);
  let file: Promise<SweepFile> | undefined;
  const trialAt = (number: number) => at(`trials/${String(number).padStart(5, '0')}`);

  return {
    address: formatAddress(folder),
    create: (file) => createJson(store, at('sweep.json'), file),
    read() {
      file ??= readJson(store, at('sweep.json'), sweepFile).catch((error: unknown) => {
        file = undefined; // the next one who asks tries again
        throw error;
      });
      return file;
    },
    trial: (number) => openTrialFolder(store, formatAddress(trialAt(number))),
    async removeCheckpoints() {
      const trials = new Set<string>();
      for await (const { address } of store.list(at('trials'))) {
        const [trial, part] = pathWithin(at('trials'), address).split('/');
        if (part === 'checkpoint') trials.add(trial!); // it has a part
      }
      for (const trial of trials) await store.removeAll(at(`trials/${trial}/checkpoint`));
    },
    appendLog: log.append,
    readLog: log.read,
    async publishBest(trial, about) {
      const model = within(trialAt(trial), 'model');
      const files = await findDigests(store, model);
      if (files === undefined) return 'noModel';
      for (const path of Object.keys(files)) await store.copy(within(model, path), at(`best/${path}`));
      await writeManifest(store, at('best'), files, { trial, ...about });
      return 'published';
    },
    writeSummary: (summary) => putJson(store, at('report/summary.json'), summary),
    readSummary: () => findJson(store, at('report/summary.json'), z.unknown()),
    writeReport: (page) => store.put(at('report/index.html'), page),
    async readReport() {
      const bytes = await store.get(at('report/index.html'));
      return bytes && new TextDecoder().decode(bytes);
    },
  };
}
