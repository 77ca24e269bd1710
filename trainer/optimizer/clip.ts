import { add, divide, halfSquares, multiply, pack, root, smallest, sumOfFirst } from '../kernels/arithmetic.ts';
import { type Handle, scoped } from '../kernels/handle.ts';
import { constant } from '../kernels/operation.ts';

/** Half the square of each gradient's norm, 0 where there is none: (gradients). */
export function halfSquaredNorms(gradients: readonly (Handle | undefined)[]): Handle {
  return scoped(() => pack(gradients.map((gradient) => (gradient === undefined ? constant(0) : halfSquares(gradient)))));
}

/** Of all gradients together, a scalar. @param halves - see `halfSquaredNorms` */
export function globalNorm(halves: Handle): Handle {
  return scoped(() => root(multiply(sumOfFirst(halves), constant(2))));
}

/**
 * What to multiply gradients with so that their global norm is at most `largest`; 1 if it is already. Stays on the device: nobody waits for it.
 * Source: Pascanu, Mikolov, Bengio, ICML 2013, arXiv:1211.5063; the 1e-6 is PyTorch's `clip_grad_norm_`.
 * @param halves - see `halfSquaredNorms`
 */
export function clipFactor(halves: Handle, largest: number): Handle {
  return scoped(() => smallest(divide(constant(largest), add(globalNorm(halves), constant(1e-6))), constant(1)));
}
