/** Runs a TensorFlow operation by its name: for operations that tfjs has no function for, and because it costs half of what tfjs's functions do. */
import { tf } from '../native/tensorflow.ts';

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What we use of the backend. These methods are public, but tfjs hides the backend's type. */
interface Backend {
  readonly binding: Readonly<
    Record<'TF_ATTR_TYPE' | 'TF_ATTR_BOOL' | 'TF_ATTR_INT' | 'TF_ATTR_STRING' | 'TF_ATTR_SHAPE' | 'TF_FLOAT' | 'TF_INT32', number>
  >;
  executeSingleOutput(operation: string, attributes: readonly Attribute[], inputs: readonly tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(
    operation: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

const backend = tf.backend() as unknown as Backend;
const { binding } = backend;

export type Attributes = readonly Attribute[];
export const boolAttribute = (name: string, value: boolean): Attribute => ({ name, type: binding.TF_ATTR_BOOL, value });
export const intAttribute = (name: string, value: number): Attribute => ({ name, type: binding.TF_ATTR_INT, value });
export const textAttribute = (name: string, value: string): Attribute => ({ name, type: binding.TF_ATTR_STRING, value });
export const shapeAttribute = (name: string, value: readonly number[]): Attribute => ({ name, type: binding.TF_ATTR_SHAPE, value });
export const floatType = (name: string): Attribute => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT });
export const intType = (name: string): Attribute => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 });

export function run<T extends tf.Tensor = tf.Tensor>(operation: string, attributes: Attributes, ...inputs: readonly tf.TensorInfo[]): T {
  return backend.executeSingleOutput(operation, attributes, inputs) as T;
}

export function runMany(operation: string, attributes: Attributes, inputs: readonly tf.TensorInfo[], outputs: number): tf.Tensor[] {
  return backend.executeMultipleOutputs(operation, attributes, inputs, outputs);
}

const constants = new Map<number, tf.Scalar>();

/** A scalar that stays on the device for the life of the process. For literals only: each new value is kept. */
export function constant(value: number): tf.Scalar {
  const known = constants.get(value);
  if (known !== undefined) return known;
  const fresh = tf.keep(tf.scalar(value));
  constants.set(value, fresh);
  return fresh;
}
