/** The operations that the kernels are made of, on float32 tensors, with TensorFlow's broadcasting. */
import { tf } from '../native/tensorflow.ts';
import { boolAttribute, floatType, intAttribute, intType, run, textAttribute } from './operation.ts';

type T = tf.Tensor;

const float = [floatType('T')];
export const add = (a: T, b: T): T => run('AddV2', float, a, b);
export const subtract = (a: T, b: T): T => run('Sub', float, a, b);
export const multiply = (a: T, b: T): T => run('Mul', float, a, b);
export const square = (x: T): T => run('Square', float, x);
export const rsqrt = (x: T): T => run('Rsqrt', float, x);
export const erf = (x: T): T => run('Erf', float, x);
export const exp = (x: T): T => run('Exp', float, x);
export const softmax = (x: T): T => run('Softmax', float, x); // along the last axis

type Adjoint = 'plain' | 'transposed';

/** Product of two matrices. */
export function matrixProduct(a: T, b: T, layoutA: Adjoint = 'plain', layoutB: Adjoint = 'plain'): T {
  return run(
    'MatMul',
    [floatType('T'), boolAttribute('transpose_a', layoutA === 'transposed'), boolAttribute('transpose_b', layoutB === 'transposed')],
    a,
    b,
  );
}

/** Products of the matrices in the last two axes. */
export function batchProduct(a: T, b: T, layoutA: Adjoint = 'plain', layoutB: Adjoint = 'plain'): T {
  return run(
    'BatchMatMulV2',
    [floatType('T'), boolAttribute('adj_x', layoutA === 'transposed'), boolAttribute('adj_y', layoutB === 'transposed')],
    a,
    b,
  );
}

const biasAttributes = [floatType('T'), textAttribute('data_format', 'NHWC')];
export const addBias = (x: T, bias: T): T => run('BiasAdd', biasAttributes, x, bias);
/** Sums over all axes but the last. */
export const sumRows = (x: T): T => run('BiasAddGrad', biasAttributes, x);

const reduction = [boolAttribute('keep_dims', true), floatType('T'), intType('Tidx')];
const lastAxis = tf.keep(tf.tensor1d([-1], 'int32'));
export const meanOfLast = (x: T): T => run('Mean', reduction, x, lastAxis); // (…, n) → (…, 1)
export const sumOfLast = (x: T): T => run('Sum', reduction, x, lastAxis); // (…, n) → (…, 1)

const permutations = new Map<string, tf.Tensor1D>();

/** Brings the axes into the given order. */
export function permute(x: T, order: readonly number[]): T {
  const key = order.join();
  const known = permutations.get(key) ?? tf.keep(tf.tensor1d([...order], 'int32'));
  permutations.set(key, known);
  return run('Transpose', [floatType('T'), intType('Tperm')], x, known);
}

/** Two tensors of one shape as one with a new first axis of 2. */
export function stackTwo(a: T, b: T): T {
  return run('Pack', [intAttribute('N', 2), floatType('T'), intAttribute('axis', 0)], a, b);
}
