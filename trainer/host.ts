import { tf } from './native/tensorflow.ts';

/**
 * Computes a tensor and brings its values to the host; nothing stays on the device.
 * (Values must not be returned through `tf.tidy`: it looks for tensors in whatever it returns, element by element.)
 */
export function toHost(compute: () => tf.Tensor): Float32Array {
  const tensor = tf.tidy(compute);
  const values = tensor.dataSync<'float32'>();
  tensor.dispose();
  return values;
}
