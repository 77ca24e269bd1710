import type { MethodSettings } from '../../study/methods/methods.ts';
import type { Gradient } from '../engine/graph.ts';
import { absolute, add, divide, gather, indices, multiply, square } from '../kernels/arithmetic.ts';
import type { Handle } from '../kernels/handle.ts';
import { constant } from '../kernels/operation.ts';
import { globalNorm, halfSquaredNorms } from '../optimizer/clip.ts';
import type { Method, Opening, StepScope } from './method.ts';
import { shiftedBy } from './shifted.ts';

/**
 * The gradient is taken where the loss is about highest within `rho` of the weights: `g' = ∇f(w + rho · g / ‖g‖)`. Source: Foret et al.,
 * ICLR 2021, arXiv:2010.01412, section 2. `adaptive` measures the distance in units of the weights, `w + rho · w² · g / ‖ |w| · g ‖`; source:
 * Kwon et al., ICML 2021, arXiv:2102.11600, section 3. The norm is that of all weights that learn, as in davda54/sam.
 */
export function sam({ rho, adaptive, every }: MethodSettings['sam']): Method {
  return {
    open: (opening) => ({
      differentiate(scope) {
        const first = scope.evaluate();
        if (scope.step % every !== 0) return first;
        return { loss: first.loss, gradients: scope.evaluate(shiftedBy(ascent(first.gradients, scope, opening))).gradients };
      },
    }),
  };

  /** What to add to each weight. */
  function ascent(gradients: readonly Gradient[], { trained }: StepScope, { weight }: Opening): ReadonlyMap<string, Handle> {
    const sizes = gradients.map(({ rows }, index) => {
      if (!adaptive) return undefined;
      const whole = weight(trained[index]!.name); // in the same order
      return absolute(rows === undefined ? whole : gather(whole, indices(rows)));
    });
    const sized = gradients.map(({ of }, index) => (sizes[index] === undefined ? of : multiply(of, sizes[index])));
    const factor = divide(constant(rho), add(globalNorm(halfSquaredNorms(sized)), constant(1e-12)));
    const shifts = gradients.map(({ of }, index) => {
      const size = sizes[index];
      return multiply(size === undefined ? of : multiply(of, square(size)), factor);
    });
    return new Map(shifts.map((shift, index) => [trained[index]!.name, shift]));
  }
}
