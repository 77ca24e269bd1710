import { add, meanOfLast, multiply, rsqrt, square, subtract, sumRows } from './arithmetic.ts';
import type { Handle } from './handle.ts';
import { defineKernel } from './kernel.ts';
import { constant } from './operation.ts';

/**
 * Each row to mean 0 and variance 1, then scaled and shifted: (rows, n), (n), (n) → (rows, n).
 * Source: Ba, Kiros, Hinton, 2016, arXiv:1607.06450.
 */
export const layerNorm = defineKernel<'x' | 'weight' | 'bias', { readonly epsilon: number }>({
  name: 'LayerNorm',
  saved: ['weight'],
  kept: 2,
  forward: ({ x, weight, bias }, { epsilon }) => {
    const centred = subtract(x, meanOfLast(x));
    const inverseDeviation = rsqrt(add(meanOfLast(square(centred)), constant(epsilon))); // (rows, 1)
    const normal = multiply(centred, inverseDeviation);
    return [add(multiply(normal, weight), bias), normal, inverseDeviation];
  },
  gradient: (dy, { weight }, kept) => {
    const [normal, inverseDeviation] = kept as [Handle, Handle]; // what forward returned after the result
    return {
      x: () => {
        const scaled = multiply(dy, weight);
        const alongNormal = multiply(normal, meanOfLast(multiply(scaled, normal)));
        return multiply(subtract(subtract(scaled, meanOfLast(scaled)), alongNormal), inverseDeviation);
      },
      weight: () => sumRows(multiply(dy, normal)),
      bias: () => sumRows(dy),
    };
  },
});
