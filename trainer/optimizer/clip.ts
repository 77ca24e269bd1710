import { add, divide, halfSquares, multiply, pack, root, smallest, sumOfFirst } from '../kernels/arithmetic.ts';
import { type Handle, scoped } from '../kernels/handle.ts';
import { constant } from '../kernels/operation.ts';

/** Half the square of each gradient's norm: (gradients). */
export function halfSquaredNorms(gradients: readonly Handle[]): Handle {
  return scoped(() => pack(gradients.map(halfSquares)));
}

/**
 * What to multiply gradients with so that their global norm is at most `largest`; 1 if it is already. Stays on the device: nobody waits for it.
 * Source: Pascanu, Mikolov, Bengio, ICML 2013, arXiv:1211.5063; the 1e-6 is PyTorch's `clip_grad_norm_`.
 * @param halves - see `halfSquaredNorms`
 */
export function clipFactor(halves: Handle, largest: number): Handle {
  return scoped(() => {
    const norm = root(multiply(sumOfFirst(halves), constant(2)));
    return smallest(divide(constant(largest), add(norm, constant(1e-6))), constant(1));
  });
}
