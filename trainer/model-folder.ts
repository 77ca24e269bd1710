import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModelJson } from './encoder/config.ts';
import type { Parameter } from './encoder/parameters.ts';
import { release } from './kernels/handle.ts';
import type { Model } from './model.ts';
import { type StoredTensor, writeSafetensors } from './safetensors.ts';
import { storeParameter } from './weights.ts';

/** What of a model's folder describes its tokenizer. Not every model has all of them. */
const tokenizerFiles = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'vocab.txt', 'vocab.json', 'merges.txt'];

/**
 * Writes the model in Hugging Face layout, as a classifier that `transformers` loads.
 * @param from - folder of the pre-trained model: its configuration and tokenizer go over
 * @param labels - names, in the order of the classifier's outputs; none where it gives a number
 */
export function writeModelFolder(
  folder: string,
  model: Model,
  parameters: readonly Parameter[],
  from: string,
  labels: readonly string[],
): void {
  mkdirSync(folder, { recursive: true });
  const weights = new Map<string, StoredTensor>();
  for (const parameter of [...parameters, ...model.inserted]) {
    const value = model.weight(parameter.name);
    for (const [name, tensor] of storeParameter(parameter, value)) weights.set(name, tensor);
    release(value);
  }
  writeSafetensors(join(folder, 'model.safetensors'), weights);
  const {
    pooling,
    config: {
      family: { className },
    },
  } = model;
  const inserted = model.inserted.map(({ name }) => name);
  const isStandard = pooling === 'pooler' && inserted.length === 0;
  const config = {
    ...readModelJson(join(from, 'config.json')),
    architectures: [isStandard ? className : className.replace(/For\w+$/, 'Model')],
    ...(isStandard ? {} : { permafrost: { pooling, ...(inserted.length > 0 && { inserted }) } }), // `transformers` has no such class
    // What we write, whatever the model was read from: `transformers` would round the weights to what stands here.
    dtype: 'float32',
    torch_dtype: 'float32',
    ...(labels.length === 0 ? { problem_type: 'regression', num_labels: 1 } : classes(labels)),
  };
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  for (const file of tokenizerFiles) {
    if (existsSync(join(from, file))) copyFileSync(join(from, file), join(folder, file));
  }
}

function classes(labels: readonly string[]): Readonly<Record<string, unknown>> {
  return {
    problem_type: 'single_label_classification',
    num_labels: labels.length,
    id2label: Object.fromEntries(labels.entries()),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
  };
}
