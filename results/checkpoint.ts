import { type Address, pathWithin, within } from './address.ts';
import type { ObjectStore } from './object-store.ts';
import { InvalidObject, ObjectNotFound } from './storage-error.ts';
import { fetchStored, storeFolder } from './stored-folder.ts';

/** A checkpoint that could not be used, and why. */
export interface SkippedCheckpoint {
  readonly step: number;
  readonly reason: string;
}

/** Stores a checkpoint under `checkpoint/<step>/`, points LATEST at it, and removes all but the one before. */
export async function saveCheckpoint(store: ObjectStore, trial: Address, step: number, localFolder: string): Promise<void> {
  await storeFolder(store, stepFolder(trial, step), localFolder);
  await store.put(latest(trial), `${step}\n`);
  const steps = await storedSteps(store, trial);
  const before = steps.find((other) => other < step);
  const old = steps.filter((other) => other !== step && other !== before);
  for (const other of old) await store.removeAll(stepFolder(trial, other));
}

/**
 * Brings the checkpoint that LATEST points at into the local folder, or the newest sound one before it.
 * @returns the step it was taken at; undefined when there is none to resume from
 */
export async function restoreCheckpoint(
  store: ObjectStore,
  trial: Address,
  localFolder: string,
  onSkipped: (skipped: SkippedCheckpoint) => void,
): Promise<{ step: number } | undefined> {
  const pointer = await store.get(latest(trial));
  if (pointer === undefined) return undefined;
  const newest = Number.parseInt(new TextDecoder().decode(pointer), 10);
  const steps = await storedSteps(store, trial);
  for (const step of steps.filter((other) => !(other > newest))) {
    try {
      await fetchStored(store, stepFolder(trial, step), localFolder);
      return { step };
    } catch (error) {
      if (!(error instanceof InvalidObject || error instanceof ObjectNotFound)) throw error;
      onSkipped({ step, reason: error.message });
    }
  }
  return undefined;
}

/** Newest first. */
async function storedSteps(store: ObjectStore, trial: Address): Promise<number[]> {
  const root = within(trial, 'checkpoint');
  const steps = new Set<number>();
  for await (const { address } of store.list(root)) {
    const match = /^(\d+)\//.exec(pathWithin(root, address));
    if (match !== null) steps.add(Number(match[1]));
  }
  return [...steps].toSorted((a, b) => b - a);
}

const latest = (trial: Address) => within(trial, 'checkpoint/LATEST');
const stepFolder = (trial: Address, step: number) => within(trial, `checkpoint/${step}`);
