/** A run on disk: trained weights, their moments, and where it is. Frozen weights are the model's and are not repeated. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SplitName } from './data/split.ts';
import type { Parameter } from './encoder/parameters.ts';
import type { InputSource } from './inputs.ts';
import { download, type Handle, release, upload } from './kernels/handle.ts';
import type { Held } from './methods/held.ts';
import type { Moments, Optimizer } from './optimizer/adamw.ts';
import { badData } from './refusal.ts';
import { openSafetensors, type SafetensorsFile, type StoredTensor, writeSafetensors } from './safetensors.ts';
import type { Progress } from './train.ts';
import { loadParameter, storeParameter } from './weights.ts';

/** Everything of a run but its tensors. */
export interface RunState {
  readonly schema: 1;
  /** With the steps done it is the place in the data: the order of the texts follows from these. */
  readonly seed: number;
  readonly texts: number;
  readonly batchSize: number;
  /** 1 for the run that began at step 0, one more for each that resumed. */
  readonly attempt: number;
  /** Spent since the last report. */
  readonly seconds: number;
  readonly progress: Progress;
  /** How each split comes by the output of the frozen layers. */
  readonly prefixes: Readonly<Partial<Record<SplitName, InputSource['prefix']>>>;
  /** Names of what the method held. */
  readonly held: readonly string[];
}

const files = { weights: 'model.safetensors', moments: 'optim.safetensors', method: 'method.safetensors', state: 'state.json' } as const;

export function writeCheckpoint(folder: string, state: RunState, optimizer: Optimizer, held: Held): void {
  mkdirSync(folder, { recursive: true });
  const weights = new Map<string, StoredTensor>();
  const moments = new Map<string, StoredTensor>();
  for (const parameter of optimizer.parameters) {
    const { weight, mean, square } = optimizer.moments(parameter.name);
    for (const [name, value] of storeParameter(parameter, weight)) weights.set(name, value);
    for (const [name, value] of storeParameter(parameter, mean)) moments.set(`m.${name}`, value);
    for (const [name, value] of storeParameter(parameter, square)) moments.set(`v.${name}`, value);
    for (const handle of [weight, mean, square]) release(handle);
  }
  writeSafetensors(join(folder, files.weights), weights);
  writeSafetensors(join(folder, files.moments), moments);
  const kept = Array.from(held.entries(), ([name, value]) => [name, { shape: value.shape, data: download(value) }] as const);
  if (kept.length > 0) writeSafetensors(join(folder, files.method), new Map(kept));
  writeFileSync(join(folder, files.state), `${JSON.stringify(state)}\n`);
}

/** What its tensors take: a weight and two moments for each number that learns, 4 bytes each. */
export const checkpointBytes = (trainedParameters: number): number => 3 * 4 * trainedParameters;

export interface Checkpoint {
  readonly state: RunState;
  /** Of a trained parameter. */
  moments(parameter: Parameter): Moments;
  /** What the method held. */
  held(): readonly (readonly [string, Handle])[];
  close(): void;
}

/** @throws {Refusal} if a file is missing or damaged */
export function openCheckpoint(folder: string): Checkpoint {
  const state = JSON.parse(readFileSync(join(folder, files.state), 'utf8')) as RunState; // our own file, its digest was checked when it was fetched
  if (state.schema !== 1) throw badData(`${folder}/${files.state}: schema must be 1, got ${state.schema}`);
  const weights = openSafetensors(join(folder, files.weights));
  const moments = openSafetensors(join(folder, files.moments));
  return {
    state,
    held() {
      if (state.held.length === 0) return [];
      const file = openSafetensors(join(folder, files.method));
      const values = state.held.map((name) => {
        const { shape, data } = file.read(name);
        return [name, upload(data, shape)] as const;
      });
      file.close();
      return values;
    },
    moments: (parameter) => ({
      weight: loadParameter(parameter, weights),
      mean: loadParameter(parameter, prefixed(moments, 'm.')),
      square: loadParameter(parameter, prefixed(moments, 'v.')),
    }),
    close() {
      weights.close();
      moments.close();
    },
  };
}

/** The file as if its names lacked the prefix. */
function prefixed(file: SafetensorsFile, prefix: string): SafetensorsFile {
  return { ...file, has: (name) => file.has(prefix + name), read: (name) => file.read(prefix + name) };
}
