/** The operations that the kernels are made of, on float32 tensors, with TensorFlow's broadcasting. */
import { type Handle, upload } from './handle.ts';
import { boolAttribute, boolType, floatType, intAttribute, integer, integers, intType, run, runMany, textAttribute } from './operation.ts';

type H = Handle;

const ofFloats = floatType('T');
const float = [ofFloats];
export const add = (a: H, b: H): H => run('AddV2', float, a, b);
export const subtract = (a: H, b: H): H => run('Sub', float, a, b);
export const multiply = (a: H, b: H): H => run('Mul', float, a, b);
export const divide = (a: H, b: H): H => run('RealDiv', float, a, b);
export const smallest = (a: H, b: H): H => run('Minimum', float, a, b);
export const larger = (a: H, b: H): H => run('Maximum', float, a, b);
export const square = (x: H): H => run('Square', float, x);
export const root = (x: H): H => run('Sqrt', float, x);
export const rsqrt = (x: H): H => run('Rsqrt', float, x);
export const erf = (x: H): H => run('Erf', float, x);
export const exp = (x: H): H => run('Exp', float, x);
export const absolute = (x: H): H => run('Abs', float, x);
export const tanh = (x: H): H => run('Tanh', float, x);
export const relu = (x: H): H => run('Relu', float, x);
// Gradients from the result, not the input.
export const tanhGradient = (y: H, dy: H): H => run('TanhGrad', float, y, dy);
export const reluGradient = (y: H, dy: H): H => run('ReluGrad', float, dy, y);
export const softmax = (x: H): H => run('Softmax', float, x); // along the last axis
export const logSoftmax = (x: H): H => run('LogSoftmax', float, x); // along the last axis
/** Half the sum of squares. */
export const halfSquares = (x: H): H => run('L2Loss', float, x);
export const zerosLike = (x: H): H => run('ZerosLike', float, x);

type Layout = 'plain' | 'transposed';

const productAttributes = (a: string, b: string) => {
  const of = (layoutA: Layout, layoutB: Layout) => [
    floatType('T'),
    boolAttribute(a, layoutA === 'transposed'),
    boolAttribute(b, layoutB === 'transposed'),
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
  return run('MatMul', ofMatrices[layoutA][layoutB], a, b);
}

/** Products of the matrices in the last two axes. */
export function batchProduct(a: H, b: H, layoutA: Layout = 'plain', layoutB: Layout = 'plain'): H {
  return run('BatchMatMulV2', ofBatches[layoutA][layoutB], a, b);
}

const biasAttributes = [floatType('T'), textAttribute('data_format', 'NHWC')];
export const addBias = (x: H, bias: H): H => run('BiasAdd', biasAttributes, x, bias);
/** Sums over all axes but the last. */
export const sumRows = (x: H): H => run('BiasAddGrad', biasAttributes, x);

const keepingAxis = [boolAttribute('keep_dims', true), floatType('T'), intType('Tidx')];
const droppingAxis = [boolAttribute('keep_dims', false), floatType('T'), intType('Tidx')];
export const meanOfLast = (x: H): H => run('Mean', keepingAxis, x, integers(-1)); // (…, n) → (…, 1)
export const sumOfLast = (x: H): H => run('Sum', keepingAxis, x, integers(-1)); // (…, n) → (…, 1)
export const largestOfLast = (x: H): H => run('Max', keepingAxis, x, integers(-1)); // (…, n) → (…, 1)
export const sumOfFirst = (x: H): H => run('Sum', droppingAxis, x, integers(0)); // (n, …) → (…)

const permuteAttributes = [floatType('T'), intType('Tperm')];
/** Brings the axes into the given order. */
export const permute = (x: H, ...order: readonly number[]): H => run('Transpose', permuteAttributes, x, integers(...order));

const reshapeAttributes = [floatType('T'), intType('Tshape')];
export const reshape = (x: H, ...shape: readonly number[]): H => run('Reshape', reshapeAttributes, x, integers(...shape));

const sliceAttributes = [floatType('T'), intType('Index')];
export const slice = (x: H, begin: readonly number[], size: readonly number[]): H =>
  run('Slice', sliceAttributes, x, integers(...begin), integers(...size));

const padAttributes = [floatType('T'), intType('Tpaddings')];
/** Zeros after the elements of one axis: `after` of them. */
export function padAfter(x: H, axis: number, before: number, after: number): H {
  const paddings = x.shape.flatMap((_, each) => (each === axis ? [before, after] : [0, 0]));
  return run('Pad', padAttributes, x, reshapeIntegers(paddings, x.shape.length));
}

const integerReshape = [intType('T'), intType('Tshape')];
const reshapeIntegers = (values: readonly number[], rows: number): H =>
  run('Reshape', integerReshape, integers(...values), integers(rows, 2));

const gatherAttributes = [intAttribute('batch_dims', 0), floatType('Tparams'), intType('Tindices'), intType('Taxis')];
/** Rows of a table. */
export const gather = (table: H, rows: H): H => run('GatherV2', gatherAttributes, table, rows, integer(0));

const segmentAttributes = [floatType('T'), intType('Tindices'), intType('Tnumsegments')];
/** A table of so many rows to whose row `rows[i]` the i-th row of `x` was added. */
export const scatterSum = (x: H, rows: H, count: number): H => run('UnsortedSegmentSum', segmentAttributes, x, rows, integer(count));

export const indices = (values: Int32Array): H => upload(values, [values.length]);

const unpackAttributes = [intAttribute('num', 2), floatType('T'), intAttribute('axis', 0)];
/** A tensor whose first axis is 2 as two. */
export const unstackTwo = (x: H): readonly [H, H] => runMany('Unpack', unpackAttributes, [x], 2) as [H, H];

/** Tensors of one shape as one with a new first axis. */
export const pack = (tensors: readonly H[]): H =>
  run('Pack', [intAttribute('N', tensors.length), ofFloats, intAttribute('axis', 0)], ...tensors);

/** Side by side along the last axis; one tensor stays as it is. */
export function concatenate(tensors: readonly H[]): H {
  const [first] = tensors;
  if (first === undefined || tensors.length === 1) return first!; // one at least
  return run('ConcatV2', [intAttribute('N', tensors.length), ofFloats, intType('Tidx')], ...tensors, integer(-1));
}

const wholeDecomposition = [boolAttribute('compute_uv', true), boolAttribute('full_matrices', false), ofFloats];
/** (m, n) → the k = min(m, n) singular values, largest first, and what stands left and right of them: (k), (m, k), (n, k). */
export function singularValues(x: H): { readonly values: H; readonly left: H; readonly right: H } {
  const [values, left, right] = runMany('Svd', wholeDecomposition, [x], 3) as [H, H, H];
  return { values, left, right };
}

const asFloat = [boolType('SrcT'), floatType('DstT'), boolAttribute('Truncate', false)];
/** 1 where a ≥ b, 0 elsewhere. */
export const atLeast = (a: H, b: H): H => run('Cast', asFloat, run('GreaterEqual', float, a, b));

const fromLargest = [boolAttribute('reverse', true), ofFloats];
/** Along the last axis: the first, second, … largest. (…, n) → (…) */
export const nthLargest = (x: H, which: number): H => run('NthElement', fromLargest, x, integer(which - 1));
