/** Equality with PyTorch, for every family: fixtures/make-parity.py wrote the references. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { padBatch, type Tokens } from './encoder/batch.ts';
import { readEncoderConfig, readModelJson } from './encoder/config.ts';
import { families } from './encoder/families.ts';
import { noiseOfStep, noNoise } from './encoder/forward.ts';
import { layerNames, modelParameters, type Parameter } from './encoder/parameters.ts';
import type { Gradient } from './engine/graph.ts';
import { indices, scatterSum } from './kernels/arithmetic.ts';
import { download, type Handle, release, scoped, tensorsOnDevice } from './kernels/handle.ts';
import { createModel, type Example, type Model, type ModelSettings } from './model.ts';
import { writeModelFolder } from './model-folder.ts';
import type { Input } from './passes.ts';
import { openSafetensors } from './safetensors.ts';
import { classification } from './task.ts';
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

/** Both engines, and both ways of the one that trains. */
const ways: Readonly<Record<string, Partial<ModelSettings>>> = {
  raw: { engine: 'raw', activations: 'keep' },
  'raw, computing again': { engine: 'raw', activations: 'recompute' },
  tape: { engine: 'tape' },
};

/** A gradient in its parameter's full shape. */
function dense({ shape }: Parameter, { of, rows }: Gradient): Handle {
  return rows === undefined ? of : scoped(() => scatterSum(of, indices(rows), shape[0]!));
}

for (const { modelType } of families) {
  suite(modelType, () => {
    const modelFolder = join(import.meta.dirname, `fixtures/tiny-${modelType}`);
    const folder = join(import.meta.dirname, `fixtures/parity-${modelType}`);
    const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as Reference;
    const config = readEncoderConfig(modelFolder);
    const parameters = modelParameters(config, { outputs: 3, pooling: 'pooler' });
    const allRates = new Map(layerNames(config).map((name) => [name, 1e-3]));
    const logits = Float32Array.from(reference.logits.flat());
    const targets = Float32Array.from(reference.labels.flatMap((label) => [0, 1, 2].map((each) => (each === label ? 1 : 0))));

    const modelWith = (rates: ReadonlyMap<string, number>, how: Partial<ModelSettings> = {}): Model => {
      const file = openSafetensors(join(modelFolder, 'model.safetensors'));
      const start = (parameter: Parameter) => ({ weight: loadParameter(parameter, file) });
      const model = createModel(config, parameters, start, ({ layer }) => rates.get(layer), {
        engine: 'raw',
        task: classification(3),
        pooling: 'pooler',
        activations: 'keep',
        weightDecay: 0.01,
        clipNorm: 1,
        ...how,
      });
      file.close();
      return model;
    };

    /** With token types for all families: those that have none must not look at them. */
    const texts = reference.lengths.map(
      (length, row): Tokens => ({
        ids: Int32Array.from(reference.input_ids[row]!.slice(0, length)),
        types: Int32Array.from(reference.token_type_ids[row]!.slice(0, length)),
      }),
    );
    const { padId } = openTokenizer(modelFolder, 8);
    const inputFor = (model: Model, some = texts): Input => {
      const batch = padBatch(some, padId, texts);
      return model.frozenPrefix === 0 ? { batch } : { batch, prefix: model.runPrefix(batch) };
    };
    const whole = (model: Model): readonly Example[] => [{ input: inputFor(model), targets, noise: noNoise }];

    /** Every stored tensor of these parameters is compared; a tensor that the reference lacks fails the test. */
    const assertStored = (
      file: string,
      of: readonly Parameter[],
      value: (parameter: Parameter) => Handle,
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
      assertClose(download(model.logits(inputFor(model))), logits, 1e-5, 'logits');
    });

    test('logits are the same whatever part of the encoder is a frozen prefix', () => {
      for (const frozen of [1, 2, 3]) {
        const model = modelWith(new Map([...allRates].slice(frozen)));
        assert.equal(model.frozenPrefix, frozen);
        assertClose(download(model.logits(inputFor(model))), logits, 1e-5, `prefix of ${frozen}`);
      }
    });

    for (const [how, settings] of Object.entries(ways)) {
      test(`gradients of every weight equal the reference: ${how}`, () => {
        const model = modelWith(allRates, settings);
        const { loss, gradients } = model.gradients(whole(model));
        assert.ok(Math.abs(download(loss)[0]! - reference.loss) < 1e-5);
        const byName = new Map(model.optimizer.parameters.map(({ name }, index) => [name, gradients[index]!]));
        assertStored('gradients.safetensors', parameters, (parameter) => dense(parameter, byName.get(parameter.name)!));
      });

      test(`gradients go through frozen layers: those of the others are the same as when all are trained: ${how}`, () => {
        const gradientsOf = (model: Model) => {
          const { gradients } = model.gradients(whole(model));
          return new Map(model.optimizer.parameters.map(({ name }, index) => [name, download(gradients[index]!.of)]));
        };
        const all = gradientsOf(modelWith(allRates, settings));
        for (const trained of [['0', 'head'], ['embeddings'], ['embeddings', '1']]) {
          const some = gradientsOf(modelWith(new Map(trained.map((name) => [name, 1e-3])), settings));
          assert.ok(some.size > 0 && some.size < all.size);
          for (const [name, gradient] of some) assertClose(gradient, all.get(name)!, 1e-6, `${name} of ${trained}`);
        }
      });

      for (const [name, { rates, losses }] of Object.entries(reference.steps)) {
        test(`three AdamW steps equal the reference: ${name}, ${how}`, () => {
          const trained = new Map(Object.entries(rates).filter((entry): entry is [string, number] => entry[1] !== null));
          const model = modelWith(trained, settings);
          for (const [index, want] of losses.entries()) {
            const loss = download(model.step(whole(model), index + 1, 1).loss)[0]!; // a scalar
            assert.ok(Math.abs(loss - want) < 1e-5, `loss of step ${index + 1}: ${loss}, not ${want}`);
          }
          assertStored(`after-${name}.safetensors`, model.optimizer.parameters, (parameter) => model.weight(parameter.name), hasGradient);
        });
      }
    }

    test('a step in parts has the gradients of the whole', () => {
      const model = modelWith(allRates);
      const inParts = [texts.slice(0, 3), texts.slice(3)].map((some, part): Example => {
        const [begin, end] = part === 0 ? [0, 9] : [9, 12];
        return { input: inputFor(model, some), targets: targets.slice(begin, end), noise: noNoise };
      });
      const got = model.gradients(inParts);
      const want = model.gradients(whole(model));
      assertClose(download(got.loss), download(want.loss), 1e-6, 'loss');
      for (const [index, { name }] of model.optimizer.parameters.entries())
        assertClose(download(got.gradients[index]!.of), download(want.gradients[index]!.of), 1e-6, name);
    });

    test('what is computed again on the way back equals what was kept, bit for bit, dropout included', () => {
      const gradientsOf = (activations: ModelSettings['activations']) => {
        const model = modelWith(allRates, { activations });
        const { loss, gradients } = model.gradients([{ input: inputFor(model), targets, noise: noiseOfStep(3, 5) }]);
        return [loss, ...gradients.map(({ of }) => of)].map(download);
      };
      assert.ok(config.hiddenDropout > 0);
      assert.deepEqual(gradientsOf('recompute'), gradientsOf('keep'));
    });

    for (const [how, settings] of Object.entries(ways)) {
      test(`a step leaves no tensor behind: ${how}`, () => {
        const model = modelWith(new Map([...allRates].slice(1)), settings);
        const step = (count: number) => {
          const [example] = whole(model) as [Example];
          const { loss, halfSquaredNorms } = model.step([{ ...example, noise: noiseOfStep(1, count) }], count, 1);
          for (const told of [loss, halfSquaredNorms]) release(told);
          release(example.input.prefix!); // the embeddings are frozen
          release(model.logits({ batch: example.input.batch, prefix: model.runPrefix(example.input.batch) }));
        };
        step(1);
        const before = tensorsOnDevice();
        step(2);
        assert.equal(tensorsOnDevice(), before + 1); // the prefix of the last pass
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
