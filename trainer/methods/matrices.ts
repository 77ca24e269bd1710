/** The matrices of linear maps as methods of single weights see them: what is kept side by side here is several matrices to them. */
import type { Parameter } from '../encoder/parameters.ts';
import type { Graph } from '../engine/graph.ts';
import { atLeast, multiply, nthLargest, permute, reshape } from '../kernels/arithmetic.ts';
import { type Noise, zerosAndOnes } from '../kernels/dropout.ts';
import { type Handle, scoped } from '../kernels/handle.ts';
import { mixed } from '../kernels/mixed.ts';

export interface Matrix {
  readonly name: string;
  readonly layer: string;
  /** Inputs, matrices side by side, outputs of each. */
  readonly shape: readonly [number, number, number];
}

/** Of every linear map among the weights; tables of embeddings, layer norms and biases are none. */
export function linearMatrices(parameters: readonly Parameter[]): readonly Matrix[] {
  return parameters.filter(isLinear).map(({ name, layer, shape: [inputs, outputs], stored }) => {
    return { name, layer, shape: [inputs!, stored.length, outputs! / stored.length] }; // rank 2
  });
}

/** Of linear maps, the weights are stored the other way round. */
export const isLinear = ({ kind, stored }: Parameter): boolean => kind === 'weight' && stored[0]!.layout === 'transposed';

/** `x`, of the parameter's shape or `matrix.shape`, times a mask that broadcasts to `matrix.shape`; of the parameter's shape. */
export function masked(x: Handle, mask: Handle, { shape: [inputs, parts, outputs] }: Matrix): Handle {
  return scoped(() => reshape(multiply(reshape(x, inputs, parts, outputs), mask), inputs, parts * outputs));
}

/** One draw for each input of each matrix, shared by its outputs: (inputs, parts, 1), 1 with probability `1 - rate`, else 0. */
export function columnMask({ shape: [inputs, parts] }: Matrix, noise: Noise): Handle {
  return zerosAndOnes([inputs, parts, 1], noise);
}

/**
 * 1 for the largest `count` entries of each matrix and those that equal the last of them, 0 for the others; of `matrix.shape`.
 * @param x - of the parameter's shape
 */
export function largest(x: Handle, matrix: Matrix, count: number): Handle {
  return scoped(() => reaching(x, matrix, lastOfLargest(x, matrix, count)));
}

/** The smallest of the largest `count` entries of each matrix: (parts). @param x - of the parameter's shape */
export function lastOfLargest(x: Handle, { shape: [inputs, parts, outputs] }: Matrix, count: number): Handle {
  return scoped(() => nthLargest(reshape(permute(reshape(x, inputs, parts, outputs), 1, 0, 2), parts, inputs * outputs), count));
}

/** 1 for entries that are no smaller than their matrix's `least`, (parts), 0 for others; of `matrix.shape`. @param x - of the parameter's shape */
export function reaching(x: Handle, { shape: [inputs, parts, outputs] }: Matrix, least: Handle): Handle {
  return scoped(() => atLeast(reshape(x, inputs, parts, outputs), reshape(least, 1, parts, 1)));
}

/** Entries of one of its matrices. */
export const sizeOf = ({ shape: [inputs, , outputs] }: Matrix): number => inputs * outputs;

/**
 * A matrix that is partly something else, with the expectation of the weight: `(m·w + (1 - m)·other - p·other) / (1 - p)`.
 * @param rate - p, the share of zeros in the mask
 * @param back - whether a zero of the mask stops the gradient too
 */
export function mixedWith<T>(
  graph: Graph<T>,
  weight: T,
  other: Handle,
  mask: Handle,
  matrix: Matrix,
  rate: number,
  back: 'masked' | 'whole',
): T {
  const inputs = { weight, other: graph.constant(other), mask: graph.constant(mask) };
  return graph.apply(mixed, inputs, { shape: matrix.shape, rate, back });
}
