import { addBias, matrixProduct, sumRows } from './arithmetic.ts';
import { defineKernel } from './kernel.ts';

/** `x · weight + bias`: (rows, in), (in, out), (out) → (rows, out). */
export const linear = defineKernel<'x' | 'weight' | 'bias'>({
  name: 'Linear',
  saved: ['x', 'weight'],
  kept: 0,
  forward: ({ x, weight, bias }) => [addBias(matrixProduct(x, weight), bias)],
  gradient: (dy, { x, weight }) => ({
    x: () => matrixProduct(dy, weight, 'plain', 'transposed'),
    weight: () => matrixProduct(x, dy, 'transposed', 'plain'),
    bias: () => sumRows(dy),
  }),
});
