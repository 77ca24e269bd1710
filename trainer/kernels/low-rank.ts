import { add, matrixProduct, multiply, padAfter, slice } from './arithmetic.ts';
import type { Handle } from './handle.ts';
import { defineKernel } from './kernel.ts';
import { constant } from './operation.ts';

export interface LowRankSettings {
  readonly scale: number;
  /** First column that the product is added to. */
  readonly firstColumn: number;
}

/** `weight + scale · a · b` in some of the columns: (in, out), (in, rank), (rank, columns) → (in, out). */
export const lowRankSum = defineKernel<'weight' | 'a' | 'b', LowRankSettings>({
  name: 'LowRankSum',
  saved: ['a', 'b'],
  kept: 0,
  forward: ({ weight, a, b }, { scale, firstColumn }) => {
    const after = weight.shape[1]! - firstColumn - b.shape[1]!; // rank 2
    return [add(weight, padAfter(multiply(matrixProduct(a, b), constant(scale)), 1, firstColumn, after))];
  },
  gradient: (dy, { a, b }, _kept, { scale, firstColumn }) => {
    const ofProduct = (): Handle => multiply(slice(dy, [0, firstColumn], [a.shape[0]!, b.shape[1]!]), constant(scale));
    return {
      weight: () => dy,
      a: () => matrixProduct(ofProduct(), b, 'plain', 'transposed'),
      b: () => matrixProduct(a, ofProduct(), 'transposed', 'plain'),
    };
  },
});
