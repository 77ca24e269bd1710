import type { DecisionFile, Report, TrialFile } from '../study/trial.ts';
import { type Address, formatAddress, parseAddress, pathWithin, within } from './address.ts';
import { restoreCheckpoint, type SkippedCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { createJson, findJson, readJson } from './json-object.ts';
import type { ObjectStore } from './object-store.ts';
import { InvalidObject } from './storage-error.ts';
import { storeFolder } from './stored-folder.ts';
import { decisionFile, report, trialFile } from './trial-protocol.ts';

/** `trials/<number>/`: all that passes between the search and the trial's trainer. */
export interface TrialFolder {
  /** `s3://…/trials/00042` */
  readonly address: string;
  /** @throws {ObjectNotFound | InvalidObject} */
  readTrial(): Promise<TrialFile>;
  /** The first writer wins; returns what is there. */
  createTrial(file: TrialFile): Promise<TrialFile>;
  /** @throws {InvalidObject} naming the field, when a trainer wrote something else */
  findReport(rung: number): Promise<Report | undefined>;
  /** 'exists' means that another report of this rung is there and stays. */
  createReport(file: Report): Promise<'created' | 'exists'>;
  findDecision(rung: number): Promise<DecisionFile | undefined>;
  /** The decision of the highest rung that has one. */
  newestDecision(): Promise<{ readonly rung: number; readonly decision: DecisionFile } | undefined>;
  createDecision(rung: number, decision: DecisionFile): Promise<'created' | 'exists'>;
  /** Learning curve of one leg (the steps between two reports) as NDJSON; written again as it grows. */
  putCurve(leg: number, ndjson: string): Promise<void>;
  /** The same for TensorBoard, which takes all files of the folder for one run. */
  putEvents(leg: number, file: Uint8Array): Promise<void>;
  putLog(attempt: number, text: string): Promise<void>;
  /** Attempts that have a log, in order. */
  listLogs(): Promise<readonly number[]>;
  readLogs(): Promise<readonly { readonly attempt: number; readonly text: string }[]>;
  /** Stores all files of the folder as the newest checkpoint. The one before is kept, older ones are removed. */
  saveCheckpoint(step: number, localFolder: string): Promise<void>;
  /** Fetches the newest sound checkpoint; `onSkipped` hears of each damaged one. The folder's earlier content is removed. */
  restoreCheckpoint(localFolder: string, onSkipped: (skipped: SkippedCheckpoint) => void): Promise<{ readonly step: number } | undefined>;
  /** For a trial that will never be trained on. */
  removeCheckpoints(): Promise<void>;
  /** Stores a model in Hugging Face layout under `model/`, with its digests. */
  saveModel(localFolder: string): Promise<void>;
}

/** @throws {AddressError} */
export function openTrialFolder(store: ObjectStore, address: string): TrialFolder {
  const folder = parseAddress(address);
  const at = (path: string) => within(folder, path);
  const decisionAt = (rung: number) => at(`decisions/${rung}.json`);
  const logNumbers = () => numbersIn(store, at('logs'), '.log');

  return {
    address: formatAddress(folder),
    readTrial: () => readJson(store, at('trial.json'), trialFile),
    async createTrial(file) {
      if ((await createJson(store, at('trial.json'), file)) === 'created') return file;
      return readJson(store, at('trial.json'), trialFile);
    },
    async findReport(rung) {
      const found = await findJson(store, at(`reports/${rung}.json`), report);
      if (found !== undefined && found.rung !== rung)
        throw new InvalidObject(at(`reports/${rung}.json`), `must be ${rung}, got ${found.rung}`, 'rung');
      return found;
    },
    createReport: (file) => createJson(store, at(`reports/${file.rung}.json`), file),
    findDecision: (rung) => findJson(store, decisionAt(rung), decisionFile),
    async newestDecision() {
      const rung = (await numbersIn(store, at('decisions'), '.json')).at(-1);
      if (rung === undefined) return undefined;
      return { rung, decision: await readJson(store, decisionAt(rung), decisionFile) };
    },
    createDecision: (rung, decision) => createJson(store, decisionAt(rung), decision),
    putCurve: (leg, ndjson) => store.put(at(`metrics/${leg}.ndjson`), ndjson),
    putEvents: (leg, file) => store.put(at(`metrics/events.out.tfevents.${leg}.permafrost`), file),
    putLog: (attempt, text) => store.put(at(`logs/${attempt}.log`), text),
    listLogs: logNumbers,
    async readLogs() {
      const read = async (attempt: number) => ({ attempt, text: new TextDecoder().decode(await store.get(at(`logs/${attempt}.log`))) });
      return Promise.all((await logNumbers()).map(read));
    },
    saveCheckpoint: (step, localFolder) => saveCheckpoint(store, folder, step, localFolder),
    restoreCheckpoint: (localFolder, onSkipped) => restoreCheckpoint(store, folder, localFolder, onSkipped),
    removeCheckpoints: () => store.removeAll(at('checkpoint')),
    async saveModel(localFolder) {
      await storeFolder(store, at('model'), localFolder);
    },
  };
}

/** The numbers of the objects named `<number><ending>` in a folder, in order. */
async function numbersIn(store: ObjectStore, folder: Address, ending: string): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { address } of store.list(folder)) {
    const name = pathWithin(folder, address);
    if (name.endsWith(ending)) numbers.push(Number(name.slice(0, -ending.length)));
  }
  return numbers.filter(Number.isInteger).toSorted((a, b) => a - b);
}
