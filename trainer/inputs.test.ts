import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { readEncoderConfig } from './encoder/config.ts';
import { layerNames, modelParameters } from './encoder/parameters.ts';
import { inputSource } from './inputs.ts';
import { download } from './kernels/handle.ts';
import { createModel, type Model } from './model.ts';
import { openSafetensors } from './safetensors.ts';
import { classification } from './task.ts';
import { freshValue, initialValue } from './weights.ts';

const folder = join(import.meta.dirname, 'fixtures/tiny-bert');
const config = readEncoderConfig(folder);
const texts = Array.from({ length: 30 }, (_, text) => ({
  ids: Int32Array.from({ length: 3 + ((text * 5) % 20) }, (_, index) => 5 + ((text * 11 + index * 3) % 60)),
  types: new Int32Array(3 + ((text * 5) % 20)),
}));

function withFrozen(count: number): Model {
  const file = openSafetensors(join(folder, 'model.safetensors'));
  const rates = new Map(
    layerNames(config)
      .slice(count)
      .map((name) => [name, 1e-3]),
  );
  const start = (parameter: Parameters<typeof initialValue>[0]) => ({
    weight: initialValue(parameter, file, () => freshValue(parameter, 0.02, 1, 0)),
  });
  const model = createModel(config, modelParameters(config, { outputs: 3, pooling: 'pooler' }), start, ({ layer }) => rates.get(layer), {
    engine: 'raw',
    task: classification(3),
    pooling: 'pooler',
    activations: 'keep',
    weightDecay: 0,
    clipNorm: 1,
  });
  file.close();
  return model;
}

const logitsOf = (model: Model, source: ReturnType<typeof inputSource>, indices: readonly number[]) =>
  download(model.logits(source.input(indices)));

for (const frozen of [1, 2, 3]) {
  test(`kept output of a frozen prefix equals computing it again: ${frozen} frozen`, () => {
    const model = withFrozen(frozen);
    const kept = inputSource(model, texts, { padId: 0, uses: 2, cacheBytes: 2 ** 20 });
    const again = inputSource(model, texts, { padId: 0, uses: 1, cacheBytes: 2 ** 20 });
    for (const indices of [[0, 7, 29], [3], [5, 6, 7, 8, 9, 10]]) {
      const [got, want] = [logitsOf(model, kept, indices), logitsOf(model, again, indices)];
      const worst = Math.max(...got.map((value, index) => Math.abs(value - want[index]!)));
      assert.ok(worst < 1e-4, `differs by ${worst}`);
    }
  });

  test(`what is kept does not depend on what was asked for before: ${frozen} frozen`, () => {
    const model = withFrozen(frozen);
    const [one, other] = [0, 1].map(() => inputSource(model, texts, { padId: 0, uses: 2, cacheBytes: 2 ** 20 })) as [
      ReturnType<typeof inputSource>,
      ReturnType<typeof inputSource>,
    ];
    for (const text of texts.keys()) one.input([text]);
    assert.deepEqual(download(one.input([4, 11]).prefix!), download(other.input([4, 11]).prefix!));
  });
}

test('what does not fit is not kept', () => {
  const model = withFrozen(2);
  let runs = 0;
  const counted = {
    ...model,
    runPrefix: (batch: Parameters<Model['runPrefix']>[0]) => {
      runs += 1;
      return model.runPrefix(batch);
    },
  };
  const source = inputSource(counted, texts, { padId: 0, uses: 2, cacheBytes: 1000 });
  for (const _ of [1, 2]) source.input([0, 1]);
  assert.equal(runs, 2);
});
