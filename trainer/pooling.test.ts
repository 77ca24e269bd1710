/** Ways to make one vector of a text, and a number to learn, against PyTorch: fixtures/make-parity.py wrote the references. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { padBatch } from './encoder/batch.ts';
import { readEncoderConfig } from './encoder/config.ts';
import { noNoise } from './encoder/forward.ts';
import { layerNames, modelParameters, type Parameter, type Pooling } from './encoder/parameters.ts';
import { indices, scatterSum } from './kernels/arithmetic.ts';
import { download, scoped } from './kernels/handle.ts';
import { createModel, type Model, type ModelSettings } from './model.ts';
import { openSafetensors } from './safetensors.ts';
import { classification, regression, type Task } from './task.ts';
import { loadParameter, storeParameter } from './weights.ts';

const folder = join(import.meta.dirname, 'fixtures');
const modelFolder = join(folder, 'tiny-bert');
const config = readEncoderConfig(modelFolder);
const reference = JSON.parse(readFileSync(join(folder, 'parity-bert/reference.json'), 'utf8')) as Record<
  'input_ids' | 'token_type_ids',
  number[][]
> &
  Record<'lengths' | 'labels', number[]>;
const batch = padBatch(
  reference.lengths.map((length, row) => ({
    ids: Int32Array.from(reference.input_ids[row]!.slice(0, length)),
    types: Int32Array.from(reference.token_type_ids[row]!.slice(0, length)),
  })),
  0,
);

function near(got: Float32Array, want: Float32Array, what: string): void {
  const worst = got.reduce((most, value, index) => Math.max(most, Math.abs(value - want[index]!)), 0);
  assert.ok(got.length === want.length && worst < 1e-5, `${what}: differs by ${worst}`);
}

const cases: readonly { readonly pooling: Pooling; readonly task: Task; readonly truth: readonly number[] }[] = [
  { pooling: 'first', task: classification(3), truth: reference.labels },
  { pooling: 'mean', task: classification(3), truth: reference.labels },
  { pooling: 'mean', task: regression, truth: [0.5, -1, 2, 0] },
  { pooling: 'scalarMix', task: classification(3), truth: reference.labels },
];

for (const { pooling, task, truth } of cases) {
  const file = openSafetensors(join(folder, `pooling/${pooling}-${task.outputs}.safetensors`));
  const encoder = openSafetensors(join(modelFolder, 'model.safetensors'));
  const parameters = modelParameters(config, { outputs: task.outputs, pooling });
  const modelWith = (frozen: number, engine: ModelSettings['engine'] = 'raw'): Model => {
    const layers = layerNames(config).slice(frozen);
    const start = (parameter: Parameter) => ({ weight: loadParameter(parameter, parameter.layer === 'head' ? file : encoder) });
    const settings = { engine, task, pooling, activations: 'keep', weightDecay: 0, clipNorm: 1 } as const;
    return createModel(config, parameters, start, ({ layer }) => (layers.includes(layer) ? 1e-3 : undefined), settings);
  };

  for (const engine of ['raw', 'tape'] as const) {
    test(`outputs, loss and gradients equal the reference: ${pooling}, ${task.outputs} outputs, ${engine}`, () => {
      const model = modelWith(0, engine);
      near(download(model.logits({ batch })), file.read('outputs').data, 'outputs');
      const { loss, gradients } = model.gradients([{ input: { batch }, targets: task.targets(truth), noise: noNoise }]);
      near(download(loss), file.read('loss').data, 'loss');
      for (const [index, parameter] of model.optimizer.parameters.entries()) {
        const { of, rows } = gradients[index]!;
        const whole = rows === undefined ? of : scoped(() => scatterSum(of, indices(rows), parameter.shape[0]!));
        for (const [name, got] of storeParameter(parameter, whole)) near(got.data, file.read(`gradient.${name}`).data, name);
      }
    });
  }

  test(`outputs are the same whatever part of the encoder is a frozen prefix: ${pooling}, ${task.outputs} outputs`, () => {
    for (const frozen of [1, 2, 3]) {
      const model = modelWith(frozen);
      const input = model.frozenPrefix === 0 ? { batch } : { batch, prefix: model.runPrefix(batch) };
      near(download(model.logits(input)), file.read('outputs').data, `prefix of ${frozen}`);
    }
  });
}
