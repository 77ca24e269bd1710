import { add, divide, halfSquares, multiply, root, smallest, sumOf } from '../kernels/arithmetic.ts';
import { type Handle, scoped } from '../kernels/handle.ts';
import { constant } from '../kernels/operation.ts';

function globalNorm(gradients: readonly Handle[]): Handle {
  return scoped(() => root(multiply(sumOf(gradients.map(halfSquares)), constant(2))));
}

/**
 * What to multiply gradients with so that their global norm is at most `largest`; 1 if it is already. Stays on the device: nobody waits for it.
 * Source: Pascanu, Mikolov, Bengio, ICML 2013, arXiv:1211.5063; the 1e-6 is PyTorch's `clip_grad_norm_`.
 */
export function clipFactor(gradients: readonly Handle[], largest: number): Handle {
  return scoped(() => smallest(divide(constant(largest), add(globalNorm(gradients), constant(1e-6))), constant(1)));
}
