/**
 * Tensors on the device without tfjs around them: tfjs's own cost more than half of what it takes to run a small operation. They are
 * counted: a tensor is freed when nobody holds it any more.
 */
import { tf } from '../native/tensorflow.ts';

/** What we use of the addon and the backend. These are public, but tfjs hides the backend's type. */
interface Binding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  createTensor(shape: readonly number[], type: number, values: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array;
  getNumOfTensors(): number;
}

interface Backend {
  readonly binding: Binding;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): readonly number[];
  createOutputTensor(metadata: { readonly id: number; readonly shape: readonly number[]; readonly dtype: number }): tf.Tensor;
}

const backend = tf.backend() as unknown as Backend;
const { binding } = backend;

export interface Handle {
  /** TensorFlow's number of it. */
  readonly id: number;
  readonly shape: readonly number[];
  /** TensorFlow's number of its element type. */
  readonly dtype: number;
  /** The scope it was made in counts as one, until it ends. */
  holders: number;
}

/** Handles made since the innermost scope began. */
let scope: Handle[] | undefined;

/** Counts a tensor that TensorFlow has just made: the running scope holds it, or the caller if there is none. */
export function counted(made: { readonly id: number; readonly shape: readonly number[]; readonly dtype: number }): Handle {
  const handle = made as Handle; // the addon makes a new object for each result, so it becomes ours
  handle.holders = 1;
  scope?.push(handle);
  return handle;
}

export function hold(handle: Handle): Handle {
  handle.holders += 1;
  return handle;
}

export function release(handle: Handle): void {
  handle.holders -= 1;
  if (handle.holders === 0) binding.deleteTensor(handle.id);
}

/** Frees what `make` made, but what it returns: that goes to the scope around, or to the caller if there is none. */
export function scoped<Result extends Handle | readonly Handle[]>(make: () => Result): Result {
  const outer = scope;
  const inner: Handle[] = [];
  scope = inner;
  let kept: readonly Handle[] = [];
  try {
    const result = make();
    kept = Array.isArray(result) ? result : [result as Handle];
    return result;
  } finally {
    scope = outer;
    for (const handle of inner) {
      if (kept.includes(handle)) outer?.push(handle);
      else release(handle);
    }
  }
}

/** Frees everything that `work` makes. What it returns is no handle of these. */
export function inScope<Result>(work: () => Result): Result {
  let result: Result;
  scoped(() => {
    result = work();
    return [];
  });
  return result!; // just set
}

/** Gives a hold of one's own to the running scope; without one the caller keeps it. */
export function giveToScope(handle: Handle): Handle {
  scope?.push(handle);
  return handle;
}

/** Runs as if no scope were there: the caller holds what is made. */
export function unscoped<Result>(make: () => Result): Result {
  const outer = scope;
  scope = undefined;
  try {
    return make();
  } finally {
    scope = outer;
  }
}

/** Copies values to the device. */
export function upload(values: Float32Array | Int32Array, shape: readonly number[]): Handle {
  const dtype = values instanceof Float32Array ? binding.TF_FLOAT : binding.TF_INT32;
  return counted({ id: binding.createTensor(shape, dtype, values), shape, dtype });
}

/** The values of a float tensor. Waits for the device. */
export function download({ id }: Handle): Float32Array {
  return binding.tensorDataSync(id) as Float32Array; // handles of integers never leave the kernels
}

/** Computes a tensor and brings its values to the host; nothing stays on the device. */
export function toHost(compute: () => Handle): Float32Array {
  return unscoped(() => {
    const handle = scoped(compute);
    const values = download(handle);
    release(handle);
    return values;
  });
}

let permanents = 0;

/** Stays on the device for the life of the process, whatever scope runs. */
export function permanent(values: Float32Array | Int32Array, shape: readonly number[]): Handle {
  permanents += 1;
  return unscoped(() => upload(values, shape));
}

/** A tensor of tfjs as a handle, good for as long as the tensor is. Counting it changes nothing. */
export function borrowed(tensor: tf.Tensor): Handle {
  const [id] = backend.getInputTensorIds([tensor]);
  return {
    id: id!,
    shape: tensor.shape,
    dtype: tensor.dtype === 'int32' ? binding.TF_INT32 : binding.TF_FLOAT,
    holders: Number.POSITIVE_INFINITY,
  };
}

/** Hands a tensor over to tfjs. Nobody else may hold it, not even a scope. */
export function toTensor(handle: Handle): tf.Tensor {
  return backend.createOutputTensor(handle);
}

/** All tensors that TensorFlow has for this process, tfjs's included, but the permanent ones. */
export const tensorsOnDevice = (): number => binding.getNumOfTensors() - permanents;
