/** Equality with PyTorch, for every family: fixtures/make-parity.py wrote the references. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { padBatch } from './encoder/batch.ts';
import { readEncoderConfig, readModelJson } from './encoder/config.ts';
import { families } from './encoder/families.ts';
import { noNoise } from './encoder/forward.ts';
import { layerNames, modelParameters, type Parameter } from './encoder/parameters.ts';
import { createModel, type Input, type Model } from './model.ts';
import { writeModelFolder } from './model-folder.ts';
import { tf } from './native/tensorflow.ts';
import { openSafetensors } from './safetensors.ts';
import { openTokenizer } from './text-tokenizer.ts';
import { loadParameter, storeParameter } from './weights.ts';

interface Reference {
  readonly architecture: string;
  /** Shapes by name: all that `transformers` saves. */
  readonly tensors: Readonly<Record<string, readonly number[]>>;
  readonly lengths: readonly number[];
  readonly input_ids: readonly (readonly number[])[];
  readonly token_type_ids: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly logits: readonly (readonly number[])[];
  readonly loss: number;
  readonly steps: Readonly<Record<string, { readonly rates: Readonly<Record<string, number | null>>; readonly losses: readonly number[] }>>;
}

/** A bias on the keys shifts all scores of a query alike: its true gradient is 0, and Adam would compare the size of rounding errors. */
const hasGradient = (name: string) => !/(self\.key|k_lin)\.bias$/.test(name);

function assertClose(got: Float32Array, want: Float32Array, tolerance: number, what: string): void {
  const worst = got.reduce((most, value, index) => Math.max(most, Math.abs(value - want[index]!)), 0);
  assert.ok(got.length === want.length && worst <= tolerance, `${what}: differs by ${worst}`);
}

for (const { modelType } of families) {
  suite(modelType, () => {
    const modelFolder = join(import.meta.dirname, `fixtures/tiny-${modelType}`);
    const folder = join(import.meta.dirname, `fixtures/parity-${modelType}`);
    const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as Reference;
    const config = readEncoderConfig(modelFolder);
    const parameters = modelParameters(config, 3);
    const allRates = new Map(layerNames(config).map((name) => [name, 1e-3]));
    const logits = Float32Array.from(reference.logits.flat());
    const targets = tf.oneHot(tf.tensor1d([...reference.labels], 'int32'), 3).toFloat() as tf.Tensor2D;

    const modelWith = (rates: ReadonlyMap<string, number>): Model => {
      const file = openSafetensors(join(modelFolder, 'model.safetensors'));
      const start = (parameter: Parameter) => ({ weight: loadParameter(parameter, file) });
      const model = createModel(config, parameters, start, ({ layer }) => rates.get(layer), { weightDecay: 0.01, clipNorm: 1 });
      file.close();
      return model;
    };

    /** With token types for all families: those that have none must not look at them. */
    const inputFor = (model: Model): Input => {
      const texts = reference.lengths.map((length, row) => ({
        ids: Int32Array.from(reference.input_ids[row]!.slice(0, length)),
        types: Int32Array.from(reference.token_type_ids[row]!.slice(0, length)),
      }));
      const batch = padBatch(texts, openTokenizer(modelFolder, 8).padId, config.longest);
      return model.frozenPrefix === 0 ? { batch } : { batch, prefix: model.runPrefix(batch) };
    };

    /** Every stored tensor of these parameters is compared; a tensor that the reference lacks fails the test. */
    const assertStored = (
      file: string,
      of: readonly Parameter[],
      value: (parameter: Parameter) => tf.Tensor,
      isCompared: (name: string) => boolean = () => true,
    ): void => {
      const want = openSafetensors(join(folder, file));
      for (const parameter of of) {
        for (const [name, stored] of storeParameter(parameter, value(parameter))) {
          if (isCompared(name)) assertClose(stored.data, want.read(name).data, 1e-5, name);
        }
      }
      want.close();
    };

    test('logits equal the reference', () => {
      const model = modelWith(allRates);
      assertClose(model.logits(inputFor(model)).dataSync<'float32'>(), logits, 1e-5, 'logits');
    });

    test('logits are the same whatever part of the encoder is a frozen prefix', () => {
      for (const frozen of [1, 2, 3]) {
        const model = modelWith(new Map([...allRates].slice(frozen)));
        assert.equal(model.frozenPrefix, frozen);
        assertClose(model.logits(inputFor(model)).dataSync<'float32'>(), logits, 1e-5, `prefix of ${frozen}`);
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

    test('gradients go through frozen layers: those of the others are the same as when all are trained', () => {
      const gradientsOf = (model: Model) => {
        const { gradients } = model.gradients(inputFor(model), targets, noNoise);
        return new Map(model.optimizer.parameters.map(({ name }, index) => [name, gradients[index]!.of.dataSync<'float32'>()]));
      };
      const all = gradientsOf(modelWith(allRates));
      for (const trained of [['0', 'head'], ['embeddings'], ['embeddings', '1']]) {
        const some = gradientsOf(modelWith(new Map(trained.map((name) => [name, 1e-3]))));
        assert.ok(some.size > 0 && some.size < all.size);
        for (const [name, gradient] of some) assertClose(gradient, all.get(name)!, 1e-6, `${name} of ${trained}`);
      }
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

    test('a written model has the class, the tensors and the shapes that transformers saves', () => {
      const written = mkdtempSync(join(tmpdir(), 'permafrost-written-'));
      writeModelFolder(written, modelWith(allRates), parameters, modelFolder, ['a', 'b', 'c']);
      const file = openSafetensors(join(written, 'model.safetensors'));
      assert.deepEqual(Object.fromEntries(file.names.map((name) => [name, file.read(name).shape])), reference.tensors);
      file.close();
      const { architectures, dtype, torch_dtype: oldDtype } = readModelJson(join(written, 'config.json'));
      assert.deepEqual([architectures, dtype, oldDtype], [[reference.architecture], 'float32', 'float32']);
      rmSync(written, { recursive: true });
    });
  });
}
