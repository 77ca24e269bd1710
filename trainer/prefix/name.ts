import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { Tokens } from '../encoder/batch.ts';

/** Other values for the same names would come of another version of what computes them. */
const version = 1;

/** What the output of frozen layers follows from, but their number. */
export interface PrefixOrigin {
  /** Of the model's file, in hex. */
  readonly model: string;
  readonly texts: readonly Tokens[];
  /** TensorFlow's version, the device, what the classifier reads: all that changes a value or a shape. */
  readonly settings: readonly string[];
}

/** @returns a name for the output of so many layers: the same values have the same name everywhere */
export function prefixNames({ model, texts, settings }: PrefixOrigin): (layers: number) => string {
  const hash = createHash('sha256').update(JSON.stringify([version, model, ...settings]));
  for (const { ids, types } of texts) {
    hash.update(Int32Array.of(ids.length));
    hash.update(ids);
    hash.update(types);
  }
  const digest = hash.digest('hex').slice(0, 40);
  return (layers) => `${digest}-${layers}`;
}

/** sha256 of a file, in hex. */
export function fileDigest(path: string): string {
  const hash = createHash('sha256');
  const fd = openSync(path, 'r');
  try {
    hashAll(hash, fd);
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex');
}

function hashAll(hash: Hash, fd: number): void {
  const chunk = new Uint8Array(2 ** 20);
  for (let count = readSync(fd, chunk); count > 0; count = readSync(fd, chunk)) hash.update(chunk.subarray(0, count));
}
