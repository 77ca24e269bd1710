/** The operations that the kernels are made of, on float32 tensors, with TensorFlow's broadcasting. */
import { sizeOfShape } from '../shape.ts';
import { type Handle, upload } from './handle.ts';
import { boolAttribute, floatType, intAttribute, integer, integers, intType, run, runMany } from './operation.ts';

type H = Handle;

export const add = (a: H, b: H): H => run('AddV2', [a, b]);
export const subtract = (a: H, b: H): H => run('Sub', [a, b]);
export const multiply = (a: H, b: H): H => run('Mul', [a, b]);
/** On the straight line from `a` to `b`. @param share - of the way, () */
export const between = (a: H, b: H, share: H): H => add(a, multiply(subtract(b, a), share));
export const divide = (a: H, b: H): H => run('RealDiv', [a, b]);
export const smallest = (a: H, b: H): H => run('Minimum', [a, b]);
export const larger = (a: H, b: H): H => run('Maximum', [a, b]);
export const square = (x: H): H => run('Square', [x]);
export const root = (x: H): H => run('Sqrt', [x]);
export const rsqrt = (x: H): H => run('Rsqrt', [x]);
export const erf = (x: H): H => run('Erf', [x]);
export const exp = (x: H): H => run('Exp', [x]);
export const absolute = (x: H): H => run('Abs', [x]);
export const tanh = (x: H): H => run('Tanh', [x]);
export const relu = (x: H): H => run('Relu', [x]);
// Gradients from the result, not the input.
export const tanhGradient = (y: H, dy: H): H => run('TanhGrad', [y, dy]);
export const reluGradient = (y: H, dy: H): H => run('ReluGrad', [dy, y]);
export const softmax = (x: H): H => run('Softmax', [x]); // along the last axis
export const logSoftmax = (x: H): H => run('LogSoftmax', [x]); // along the last axis
/** Half the sum of squares. */
export const halfSquares = (x: H): H => run('L2Loss', [x]);
export const zerosLike = (x: H): H => run('ZerosLike', [x]);

type Layout = 'plain' | 'transposed';

const productAttributes = (a: string, b: string) => {
  const of = (layoutA: Layout, layoutB: Layout) => [
    ...(layoutA === 'transposed' ? [boolAttribute(a, true)] : []),
    ...(layoutB === 'transposed' ? [boolAttribute(b, true)] : []),
  ];
  return {
    plain: { plain: of('plain', 'plain'), transposed: of('plain', 'transposed') },
    transposed: { plain: of('transposed', 'plain'), transposed: of('transposed', 'transposed') },
  };
};
const ofMatrices = productAttributes('transpose_a', 'transpose_b');
const ofBatches = productAttributes('adj_x', 'adj_y');

/** Product of two matrices. */
export function matrixProduct(a: H, b: H, layoutA: Layout = 'plain', layoutB: Layout = 'plain'): H {
  return run('MatMul', [a, b], ofMatrices[layoutA][layoutB]);
}

/** Products of the matrices in the last two axes. */
export function batchProduct(a: H, b: H, layoutA: Layout = 'plain', layoutB: Layout = 'plain'): H {
  return run('BatchMatMulV2', [a, b], ofBatches[layoutA][layoutB]);
}

export const addBias = (x: H, bias: H): H => run('BiasAdd', [x, bias]);
/** Sums over all axes but the last. */
export const sumRows = (x: H): H => run('BiasAddGrad', [x]);

const keepingAxis = [boolAttribute('keep_dims', true)];
export const meanOfLast = (x: H): H => run('Mean', [x, integers(-1)], keepingAxis); // (…, n) → (…, 1)
export const sumOfLast = (x: H): H => run('Sum', [x, integers(-1)], keepingAxis); // (…, n) → (…, 1)
export const largestOfLast = (x: H): H => run('Max', [x, integers(-1)], keepingAxis); // (…, n) → (…, 1)
export const sumOfFirst = (x: H): H => run('Sum', [x, integers(0)]); // (n, …) → (…)

/** Brings the axes into the given order. */
export const permute = (x: H, ...order: readonly number[]): H => run('Transpose', [x, integers(...order)]);

export const reshape = (x: H, ...shape: readonly number[]): H => run('Reshape', [x, integers(...shape)]);

export const sumOfAll = (x: H): H => sumOfFirst(reshape(x, sizeOfShape(x.shape))); // (…) → ()

export const slice = (x: H, begin: readonly number[], size: readonly number[]): H =>
  run('Slice', [x, integers(...begin), integers(...size)]);

/** Zeros after the elements of one axis: `after` of them. */
export function padAfter(x: H, axis: number, before: number, after: number): H {
  const paddings = x.shape.flatMap((_, each) => (each === axis ? [before, after] : [0, 0]));
  return run('Pad', [x, reshapeIntegers(paddings, x.shape.length)]);
}

const reshapeIntegers = (values: readonly number[], rows: number): H => run('Reshape', [integers(...values), integers(rows, 2)]);

/** Rows of a table. */
export const gather = (table: H, rows: H): H => run('GatherV2', [table, rows, integer(0)]);

/** A table of so many rows to whose row `rows[i]` the i-th row of `x` was added. */
export const scatterSum = (x: H, rows: H, count: number): H => run('UnsortedSegmentSum', [x, rows, integer(count)]);

/** The table with other values in these rows. */
export const putRows = (table: H, rows: H, values: H): H => run('TensorScatterUpdate', [table, reshape(rows, rows.shape[0]!, 1), values]);

export const indices = (values: Int32Array): H => upload(values, [values.length]);

const unpackAttributes = [intAttribute('num', 2)];
/** A tensor whose first axis is 2 as two. */
export const unstackTwo = (x: H): readonly [H, H] => runMany('Unpack', 2, [x], unpackAttributes) as [H, H];

/** Tensors of one shape as one with a new first axis. Of lists TensorFlow infers nothing. */
export const pack = (tensors: readonly H[]): H => run('Pack', tensors, [intAttribute('N', tensors.length), floatType('T')]);

/** Side by side along the last axis; one tensor stays as it is. */
export function concatenate(tensors: readonly H[]): H {
  const [first] = tensors;
  if (first === undefined || tensors.length === 1) return first!; // one at least
  return run('ConcatV2', [...tensors, integer(-1)], [intAttribute('N', tensors.length), floatType('T'), intType('Tidx')]);
}

/** (m, n) → the k = min(m, n) singular values, largest first, and what stands left and right of them: (k), (m, k), (n, k). */
export function singularValues(x: H): { readonly values: H; readonly left: H; readonly right: H } {
  const [values, left, right] = runMany('Svd', 3, [x]) as [H, H, H];
  return { values, left, right };
}

const asFloat = [floatType('DstT')];
/** 1 where a ≥ b, 0 elsewhere. */
export const atLeast = (a: H, b: H): H => run('Cast', [run('GreaterEqual', [a, b])], asFloat);

const fromLargest = [boolAttribute('reverse', true)];
/** Along the last axis: the first, second, … largest. (…, n) → (…) */
export const nthLargest = (x: H, which: number): H => run('NthElement', [x, integer(which - 1)], fromLargest);
