import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { readEncoderConfig } from './encoder/config.ts';
import { families } from './encoder/families.ts';
import { modelParameters, type Parameter } from './encoder/parameters.ts';
import { download } from './kernels/handle.ts';
import { openSafetensors, type SafetensorsFile, type StoredTensor, writeSafetensors } from './safetensors.ts';
import { freshValue, initialValue, loadParameter, storeParameter } from './weights.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const modelFolder = join(fixtures, 'tiny-bert');
const folder = mkdtempSync(join(tmpdir(), 'permafrost-weights-'));
after(() => rmSync(folder, { recursive: true }));

const parameters = modelParameters(readEncoderConfig(modelFolder), { outputs: 3, pooling: 'pooler' });
const original = stored(join(modelFolder, 'model.safetensors'));

function stored(path: string): ReadonlyMap<string, StoredTensor> {
  const file = openSafetensors(path);
  const tensors = new Map(file.names.map((name) => [name, file.read(name)]));
  file.close();
  return tensors;
}

/** The model's file with other names, or without the tensors that get none. */
function renamed(rename: (name: string) => string | undefined, from = original): SafetensorsFile {
  const path = join(folder, 'model.safetensors');
  const entries = [...from].flatMap(([name, tensor]) => {
    const other = rename(name);
    return other === undefined ? [] : [[other, tensor] as const];
  });
  writeSafetensors(path, new Map(entries));
  return openSafetensors(path);
}

test('weights go to the device and back unchanged', () => {
  const file = openSafetensors(join(modelFolder, 'model.safetensors'));
  const back = new Map(parameters.flatMap((parameter) => storeParameter(parameter, loadParameter(parameter, file))));
  file.close();
  assert.deepEqual([...back.keys()].toSorted(), [...original.keys()].toSorted());
  for (const [name, tensor] of back) assert.deepEqual(tensor, original.get(name), name);
});

for (const { modelType, prefix } of families) {
  test(`files are read without the encoder’s prefix: ${modelType}`, () => {
    const source = join(fixtures, `tiny-${modelType}`);
    const whole = stored(join(source, 'model.safetensors'));
    const file = renamed((name) => name.replace(new RegExp(`^${prefix}\\.`), ''), whole);
    assert.ok(!file.names.some((name) => name.startsWith(prefix)));
    assertRead(file, modelParameters(readEncoderConfig(source), { outputs: 3, pooling: 'pooler' }), whole);
  });
}

test('files are read with TensorFlow 1 names', () => {
  const file = renamed((name) => name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'));
  assertRead(file, parameters, original);
});

function assertRead(file: SafetensorsFile, of: readonly Parameter[], want: ReadonlyMap<string, StoredTensor>): void {
  for (const parameter of of) {
    for (const [name, tensor] of storeParameter(parameter, loadParameter(parameter, file))) assert.deepEqual(tensor, want.get(name), name);
  }
  file.close();
}

test('a missing pooler is fresh, a missing encoder weight is an error', () => {
  const file = renamed((name) => (name.includes('pooler') || name.includes('query') ? undefined : name));
  const find = (name: string) => parameters.find((parameter) => parameter.name === name)!;
  const fresh = (seed: number) =>
    download(initialValue(find('pooler.weight'), file, () => freshValue(find('pooler.weight'), 0.02, seed, 3)));
  assert.deepEqual(fresh(1), fresh(1));
  assert.notDeepEqual(fresh(1), fresh(2));
  const deviation = Math.sqrt(fresh(1).reduce((sum, value) => sum + value ** 2, 0) / fresh(1).length);
  assert.ok(Math.abs(deviation - 0.02) < 0.003, `${deviation}`);
  assert.deepEqual(new Set(download(freshValue(find('pooler.bias'), 0.02, 1, 4))), new Set([0]));
  const want = /model\.safetensors: tensor bert\.encoder\.layer\.0\.attention\.self\.query\.weight is missing/;
  assert.throws(() => initialValue(find('0.query.weight'), file, () => freshValue(find('pooler.bias'), 0.02, 1, 4)), {
    exitCode: 65,
    message: want,
  });
  file.close();
});

test('a tensor of another shape than config.json says is an error', () => {
  const file = openSafetensors(join(modelFolder, 'model.safetensors'));
  const parameter = { ...parameters[0]!, shape: [7, 32] };
  const want = /tensor bert\.embeddings\.word_embeddings\.weight: shape must be \[7, 32\] by the model's config\.json, got \[\d+, 32\]/;
  assert.throws(() => loadParameter(parameter, file), { exitCode: 65, message: want });
  file.close();
});
