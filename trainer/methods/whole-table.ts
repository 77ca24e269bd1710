import type { Parameter } from '../encoder/parameters.ts';
import type { Gradient } from '../engine/graph.ts';
import { indices, scatterSum } from '../kernels/arithmetic.ts';
import type { Handle } from '../kernels/handle.ts';

/** A gradient of the parameter's shape, 0 in the rows that no text has. */
export function wholeTable({ of, rows }: Gradient, { shape }: Parameter): Handle {
  return rows === undefined ? of : scatterSum(of, indices(rows), shape[0]!); // rank 2
}
