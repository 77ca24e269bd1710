import { add } from '../kernels/arithmetic.ts';
import { floatType, intAttribute, run } from '../kernels/operation.ts';
import { tf } from '../native/tensorflow.ts';

/**
 * What to multiply gradients with so that their global norm is at most `largest`; 1 if it is already. Stays on the device: nobody waits for it.
 * Source: Pascanu, Mikolov, Bengio, ICML 2013, arXiv:1211.5063; the 1e-6 is PyTorch's `clip_grad_norm_`.
 */
export function clipFactor(gradients: readonly tf.Tensor[], largest: number): tf.Scalar {
  return tf.tidy(() => {
    const halves = gradients.map((gradient) => run('L2Loss', [floatType('T')], gradient)); // half the square of each norm
    const half = run('AddN', [intAttribute('N', halves.length), floatType('T')], ...halves);
    const norm = tf.sqrt(tf.mul(half, 2));
    return tf.minimum(tf.div(largest, add(norm, tf.scalar(1e-6))), 1) as tf.Scalar;
  });
}
