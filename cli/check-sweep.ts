import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Verdict } from '../k8s/sweep/engine.ts';
import { type Address, isS3Address, parseAddress, within } from '../results/address.ts';
import type { ObjectStore } from '../results/object-store.ts';
import type { ModelShape } from '../study/layerwise.ts';
import { checkAgainstModel } from '../study/model-check.ts';
import { SpecError } from '../study/spec/problem.ts';
import type { Sweep } from '../study/spec.ts';
import { readEncoderConfig } from '../trainer/encoder/config.ts';
import { Refusal } from '../trainer/refusal.ts';

/** What of a sweep only its model and data can tell, from a few small reads: the weights are for the trainers to look at. */
export async function checkSweep(sweep: Sweep, store: ObjectStore): Promise<Verdict> {
  try {
    const model = await (sweep.spec.trialTemplate.command === undefined ? ofBuiltInTrainer(sweep, store) : ofForeignTrainer(sweep, store));
    checkAgainstModel(sweep, model);
    return { valid: true, ...(model && { model }) };
  } catch (error) {
    if (error instanceof Missing) return { valid: false, reason: 'InputNotFound', message: error.message, retry: true };
    if (error instanceof SpecError) return { valid: false, reason: 'InvalidSpec', message: error.message, retry: false };
    if (error instanceof Refusal) return { valid: false, reason: 'InvalidModel', message: error.message, retry: true };
    throw error;
  }
}

class Missing extends Error {}

async function ofBuiltInTrainer({ spec }: Sweep, store: ObjectStore): Promise<ModelShape> {
  const at = (field: 'model' | 'data'): Address => {
    const place = String(spec.trialTemplate.trainer[field]); // the spec's rules have checked that it is there
    if (isS3Address(place)) return parseAddress(place);
    const message = `must be s3://bucket/prefix for trials on a cluster, got ${place}, which is a folder of a machine`;
    throw new SpecError([{ path: `spec.trialTemplate.trainer.${field}`, message }]);
  };
  const [model, data] = [at('model'), at('data')];
  const found = await shapeOf(model, store);
  if (found === undefined) throw missing('model', `has no config.json`, spec);
  if (!(await isThere(data, store))) throw missing('data', 'is not there', spec);
  return found;
}

/** A foreign trainer may name a model of which we do not know where its layers are. */
async function ofForeignTrainer({ spec }: Sweep, store: ObjectStore): Promise<ModelShape | undefined> {
  const { model } = spec.trialTemplate.trainer;
  if (typeof model !== 'string' || !isS3Address(model)) return undefined;
  try {
    return await shapeOf(parseAddress(model), store);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

const missing = (field: 'model' | 'data', what: string, spec: Sweep['spec']): Missing =>
  new Missing(
    `spec.trialTemplate.trainer.${field}: ${String(spec.trialTemplate.trainer[field])} ${what}; put it there, and the sweep starts`,
  );

async function shapeOf(model: Address, store: ObjectStore): Promise<ModelShape | undefined> {
  const config = await store.get(within(model, 'config.json'));
  if (config === undefined) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'permafrost-config-'));
  try {
    writeFileSync(path.join(folder, 'config.json'), config);
    return { layers: readEncoderConfig(folder).layers };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A folder with something in it, or one object. */
async function isThere(address: Address, store: ObjectStore): Promise<boolean> {
  for await (const _ of store.list(address)) return true;
  return (await store.find(address)) !== undefined;
}
