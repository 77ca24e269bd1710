import { add, erf, exp, multiply, square } from './arithmetic.ts';
import { defineKernel } from './kernel.ts';
import { constant } from './operation.ts';

/**
 * `x · Φ(x)` with the exact normal distribution Φ, as BERT was trained; any shape.
 * Source: Hendrycks and Gimpel, 2016, arXiv:1606.08415.
 */
export const gelu = defineKernel<'x'>({
  name: 'Gelu',
  saved: ['x'],
  kept: 1,
  forward: ({ x }) => {
    const cumulative = multiply(add(erf(multiply(x, constant(Math.SQRT1_2))), constant(1)), constant(0.5)); // Φ(x)
    return [multiply(x, cumulative), cumulative];
  },
  gradient: (dy, { x }, [cumulative]) => ({
    x: () => {
      const density = multiply(exp(multiply(square(x), constant(-0.5))), constant(1 / Math.sqrt(2 * Math.PI))); // φ(x)
      return multiply(dy, add(cumulative!, multiply(x, density))); // forward kept it
    },
  }),
});
