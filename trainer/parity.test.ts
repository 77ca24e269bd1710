/** Equality with PyTorch: fixtures/make-parity.py wrote the reference. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { padBatch } from './encoder/batch.ts';
import { noNoise } from './encoder/bert.ts';
import { readEncoderConfig } from './encoder/config.ts';
import { bertParameters, layerNames, type Parameter } from './encoder/parameters.ts';
import { createModel, type Input, type Model } from './model.ts';
import { tf } from './native/tensorflow.ts';
import { openSafetensors } from './safetensors.ts';
import { loadParameter, storeParameter } from './weights.ts';

interface Reference {
  readonly lengths: readonly number[];
  readonly input_ids: readonly (readonly number[])[];
  readonly token_type_ids: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly logits: readonly (readonly number[])[];
  readonly loss: number;
  readonly steps: Readonly<Record<string, { readonly rates: Readonly<Record<string, number | null>>; readonly losses: readonly number[] }>>;
}

const fixtures = join(import.meta.dirname, 'fixtures');
const reference = JSON.parse(readFileSync(join(fixtures, 'parity.json'), 'utf8')) as Reference;
const config = readEncoderConfig(join(fixtures, 'tiny-bert'));
const parameters = bertParameters(config, 3);
const allRates = new Map(layerNames(config).map((name) => [name, 1e-3]));

function modelWith(rates: ReadonlyMap<string, number>): Model {
  const file = openSafetensors(join(fixtures, 'tiny-bert/model.safetensors'));
  const model = createModel(config, parameters, (parameter) => ({ weight: loadParameter(parameter, file) }), rates, {
    weightDecay: 0.01,
    clipNorm: 1,
  });
  file.close();
  return model;
}

function inputFor(model: Model): Input {
  const texts = reference.lengths.map((length, row) => ({
    ids: Int32Array.from(reference.input_ids[row]!.slice(0, length)),
    types: Int32Array.from(reference.token_type_ids[row]!.slice(0, length)),
  }));
  const batch = padBatch(texts, 0, config.positions);
  return model.frozenPrefix === 0 ? { batch } : { batch, prefix: model.runPrefix(batch) };
}

/** A bias on the keys shifts all scores of a query alike: its true gradient is 0, and Adam would compare the size of rounding errors. */
const hasGradient = (name: string) => !name.endsWith('self.key.bias');

const targets = tf.oneHot(tf.tensor1d([...reference.labels], 'int32'), 3).toFloat() as tf.Tensor2D;

function assertClose(got: Float32Array, want: Float32Array, tolerance: number, what: string): void {
  const worst = got.reduce((most, value, index) => Math.max(most, Math.abs(value - want[index]!)), 0);
  assert.ok(got.length === want.length && worst <= tolerance, `${what}: differs by ${worst}`);
}

/** Every stored tensor of these parameters is compared; a tensor that the reference lacks fails the test. */
function assertStored(
  file: string,
  of: readonly Parameter[],
  value: (parameter: Parameter) => tf.Tensor,
  isCompared: (name: string) => boolean = () => true,
): void {
  const want = openSafetensors(join(fixtures, file));
  for (const parameter of of) {
    for (const [name, stored] of storeParameter(parameter, value(parameter))) {
      if (isCompared(name)) assertClose(stored.data, want.read(name).data, 1e-5, name);
    }
  }
  want.close();
}

test('logits equal the reference', () => {
  const model = modelWith(allRates);
  const got = model.logits(inputFor(model));
  assertClose(got.dataSync<'float32'>(), Float32Array.from(reference.logits.flat()), 1e-5, 'logits');
});

test('logits are the same whatever part of the encoder is a frozen prefix', () => {
  for (const frozen of [1, 2, 3]) {
    const rates = new Map([...allRates].slice(frozen));
    const model = modelWith(rates);
    assert.equal(model.frozenPrefix, frozen);
    assertClose(
      model.logits(inputFor(model)).dataSync<'float32'>(),
      Float32Array.from(reference.logits.flat()),
      1e-5,
      `prefix of ${frozen}`,
    );
  }
});

test('gradients of every weight equal the reference', () => {
  const model = modelWith(allRates);
  const { loss, gradients } = model.gradients(inputFor(model), targets, noNoise);
  assert.ok(Math.abs(loss.dataSync()[0]! - reference.loss) < 1e-5);
  const byName = new Map(model.optimizer.parameters.map(({ name }, index) => [name, gradients[index]!]));
  const dense = ({ name, shape }: Parameter): tf.Tensor => {
    const { of, rows } = byName.get(name)!;
    return rows === undefined ? of : tf.scatterND(tf.tensor2d(rows, [rows.length, 1], 'int32'), of, [...shape]);
  };
  assertStored('gradients.safetensors', parameters, dense);
});

for (const [name, { rates, losses }] of Object.entries(reference.steps)) {
  test(`three AdamW steps equal the reference: ${name}`, () => {
    const trained = new Map(Object.entries(rates).filter((entry): entry is [string, number] => entry[1] !== null));
    const model = modelWith(trained);
    for (const [index, want] of losses.entries()) {
      const loss = model.step(inputFor(model), targets, noNoise, index + 1, 1).dataSync()[0]!;
      assert.ok(Math.abs(loss - want) < 1e-5, `loss of step ${index + 1}: ${loss}, not ${want}`);
    }
    assertStored(`after-${name}.safetensors`, model.optimizer.parameters, (parameter) => model.weight(parameter.name), hasGradient);
  });
}
