import assert from 'node:assert/strict';
import test from 'node:test';
import { seededStream } from '../../study/random.ts';
import { normalNumbers } from '../random.ts';
import { attention } from './attention.ts';
import { dropout } from './dropout.ts';
import { download, tensorsOnDevice, toHost, upload } from './handle.ts';

const ones = upload(new Float32Array(40_000).fill(1), [100, 400]);
const values = (seed: readonly [number, number], rate = 0.25) => toHost(() => dropout.forward({ x: ones }, { rate, seed })[0]);

test('the same seed and counter give the same noise, others give other noise', () => {
  assert.deepEqual(values([7, 1]), values([7, 1]));
  assert.notDeepEqual(values([7, 1]), values([7, 2]));
  assert.notDeepEqual(values([7, 1]), values([8, 1]));
});

test('elements are 0 or scaled up, in the right share, and the mean stays', () => {
  const got = values([3, 5]);
  assert.deepEqual(new Set(got), new Set([0, Math.fround(1 / 0.75)]));
  const kept = got.filter((value) => value > 0).length / got.length;
  assert.ok(Math.abs(kept - 0.75) < 0.01, `${kept} kept`); // 4.6 standard deviations of 40,000 draws
});

test('the gradient is 0 where the element was dropped', () => {
  const noise = { rate: 0.5, seed: [1, 1] } as const;
  const gradient = toHost(() => {
    const [, ...kept] = dropout.forward({ x: ones }, noise);
    return dropout.gradient(ones, {} as never, kept, noise).x!(); // it saves none of its inputs
  });
  assert.deepEqual(gradient, values(noise.seed, noise.rate));
});

test('attention with dropout: gradients equal differences', () => {
  const [batch, heads, time, hidden] = [2, 2, 3, 4];
  const random = (stream: number, columns: number) =>
    upload(normalNumbers(seededStream(1, stream), batch * time * columns, 1), [batch * time, columns]);
  const inputs = {
    query: random(1, hidden),
    keyValue: random(2, 2 * hidden),
    mask: upload(Float32Array.of(0, 0, -1e9, 0, 0, 0), [batch, 1, 1, time]),
  };
  const dy = random(3, hidden);
  const settings = { batch, heads, rate: 0.3, seed: [4, 4] } as const;
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);

  for (const name of ['query', 'keyValue'] as const) {
    const columns = inputs[name].shape[1]!;
    const direction = normalNumbers(seededStream(1, 9), batch * time * columns, 1);
    const start = download(inputs[name]);
    const at = (step: number) => {
      const moved = upload(
        start.map((value, index) => value + step * direction[index]!),
        inputs[name].shape,
      );
      return dot(
        toHost(() => attention.forward({ ...inputs, [name]: moved }, settings)[0]),
        download(dy),
      );
    };
    const want = (at(0.01) - at(-0.01)) / 0.02;
    const gradient = toHost(() => {
      const [, ...kept] = attention.forward(inputs, settings);
      return attention.gradient(dy, {} as never, kept, settings)[name]!(); // it saves none of its inputs
    });
    const got = dot(gradient, direction);
    assert.ok(Math.abs(got - want) < 2e-3 * Math.max(1, Math.abs(want)), `${name}: ${got}, not ${want}`);
  }
});

test('what a computation makes on the way is freed', () => {
  const before = tensorsOnDevice();
  values([7, 1]);
  assert.equal(tensorsOnDevice(), before);
});
