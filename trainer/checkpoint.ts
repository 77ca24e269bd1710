/** A run on disk: trained weights, their moments, and where it is. Frozen weights are the model's and are not repeated. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SplitName } from './data/split.ts';
import type { Parameter } from './encoder/parameters.ts';
import type { InputSource } from './inputs.ts';
import { release } from './kernels/handle.ts';
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
}

const files = { weights: 'model.safetensors', moments: 'optim.safetensors', state: 'state.json' } as const;

export function writeCheckpoint(folder: string, state: RunState, optimizer: Optimizer): void {
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
  writeFileSync(join(folder, files.state), `${JSON.stringify(state)}\n`);
}

/** What its tensors take: a weight and two moments for each number that learns, 4 bytes each. */
export const checkpointBytes = (trainedParameters: number): number => 3 * 4 * trainedParameters;

export interface Checkpoint {
  readonly state: RunState;
  /** Of a trained parameter. */
  moments(parameter: Parameter): Moments;
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
