import assert from 'node:assert/strict';
import test from 'node:test';
import { describeDevice, tf } from './tensorflow.ts';

test('the addon loads the pinned libtensorflow and computes', () => {
  assert.equal(describeDevice().tensorflow, '2.21.0');
  const product: tf.Tensor2D = tf.matMul(
    tf.tensor2d([
      [1, 2],
      [3, 4],
    ]),
    tf.tensor2d([[5], [6]]),
  ); // (2, 1)
  assert.deepEqual(product.arraySync(), [[17], [39]]);
});
