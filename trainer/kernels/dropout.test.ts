import assert from 'node:assert/strict';
import test from 'node:test';
import { tf } from '../native/tensorflow.ts';
import { attention } from './attention.ts';
import { dropout } from './dropout.ts';

const ones = tf.ones([100, 400]);
const values = (seed: readonly [number, number], rate = 0.25) => dropout(ones, { rate, seed }).dataSync<'float32'>();

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
  const gradient = tf.grad((x: tf.Tensor) => dropout(x, noise))(ones);
  assert.deepEqual(gradient.dataSync(), dropout(ones, noise).dataSync());
});

test('a rate of 0 changes nothing', () => {
  assert.equal(dropout(ones, { rate: 0, seed: [1, 1] }), ones);
});

test('attention with dropout: gradients equal differences', () => {
  const [batch, heads, time, hidden] = [2, 2, 3, 4];
  const query = tf.randomNormal([batch * time, hidden], 0, 1, 'float32', 1);
  const keyValue = tf.randomNormal([batch * time, 2 * hidden], 0, 1, 'float32', 2);
  const mask = tf.tensor4d([0, 0, -1e9, 0, 0, 0], [batch, 1, 1, time]);
  const weigh = tf.randomNormal([batch * time, hidden], 0, 1, 'float32', 3);
  const loss = (q: tf.Tensor, kv: tf.Tensor) =>
    tf.sum(tf.mul(attention({ query: q, keyValue: kv, mask }, { batch, heads, rate: 0.3, seed: [4, 4] }), weigh));
  const gradients = tf.grads(loss)([query, keyValue]);

  for (const [index, tensor] of [query, keyValue].entries()) {
    const direction = tf.randomNormal(tensor.shape, 0, 1, 'float32', 9);
    const at = (step: number) => {
      const moved = tf.add(tensor, tf.mul(direction, step));
      return (index === 0 ? loss(moved, keyValue) : loss(query, moved)).dataSync()[0]!;
    };
    const want = (at(0.01) - at(-0.01)) / 0.02;
    const got = tf.sum(tf.mul(gradients[index]!, direction)).dataSync()[0]!;
    assert.ok(Math.abs(got - want) < 2e-3 * Math.max(1, Math.abs(want)), `${got}, not ${want}`);
  }
});
