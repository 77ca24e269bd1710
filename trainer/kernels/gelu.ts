import { add, erf, exp, multiply, square } from './arithmetic.ts';
import { type Handle, scoped } from './handle.ts';
import { defineKernel } from './kernel.ts';
import { constant } from './operation.ts';

/** Φ(x). */
const cumulative = (x: Handle): Handle => scoped(() => multiply(add(erf(multiply(x, constant(Math.SQRT1_2))), constant(1)), constant(0.5)));

/** x · φ(x). */
const timesDensity = (x: Handle): Handle =>
  scoped(() => multiply(x, multiply(exp(multiply(square(x), constant(-0.5))), constant(1 / Math.sqrt(2 * Math.PI)))));

/**
 * `x · Φ(x)` with the exact normal distribution Φ, as BERT was trained; any shape. Φ is computed again on the way back: to keep it for the
 * widest tensors of a model would take more memory than anything else.
 * Source: Hendrycks and Gimpel, 2016, arXiv:1606.08415.
 */
export const gelu = defineKernel<'x'>({
  name: 'Gelu',
  saved: ['x'],
  kept: 0,
  forward: ({ x }) => [multiply(x, cumulative(x))],
  gradient: (dy, { x }) => ({ x: () => multiply(dy, add(cumulative(x), timesDensity(x))) }),
});
