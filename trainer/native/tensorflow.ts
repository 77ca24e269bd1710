/** TensorFlow, the only door to it: `import { tf } from './native/tensorflow.ts'` gives its values and its types. */
import './before-load.ts'; // first: sets up what loading needs
import * as tf from '@tensorflow/tfjs-node-gpu';

export { tf };

export interface Device {
  /** Version of libtensorflow, such as `2.21.0`. */
  readonly tensorflow: string;
  /** `gpu` only when TensorFlow has registered one: without driver or CUDA libraries it falls back to the CPU by itself. */
  readonly device: 'cpu' | 'gpu';
}

/** What TensorFlow runs on in this process. */
export function describeDevice(): Device {
  const backend = tf.backend() as unknown as { readonly isUsingGpuDevice: boolean; readonly binding: { readonly TF_Version: string } }; // not in tfjs's types
  return { tensorflow: backend.binding.TF_Version, device: backend.isUsingGpuDevice ? 'gpu' : 'cpu' };
}
