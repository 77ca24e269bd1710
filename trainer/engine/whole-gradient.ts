import { indices, scatterSum } from '../kernels/arithmetic.ts';
import type { Handle } from '../kernels/handle.ts';
import type { Gradient } from './graph.ts';

/** A gradient of the parameter's shape, 0 in the rows that no text has. */
export function wholeGradient({ of, rows }: Gradient, { shape }: { readonly shape: readonly number[] }): Handle {
  return rows === undefined ? of : scatterSum(of, indices(rows), shape[0]!); // rank 2
}
