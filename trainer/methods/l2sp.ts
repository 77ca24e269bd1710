import type { MethodSettings } from '../../study/methods/methods.ts';
import type { Parameter } from '../encoder/parameters.ts';
import type { Gradient } from '../engine/graph.ts';
import { wholeGradient } from '../engine/whole-gradient.ts';
import { add, multiply, subtract } from '../kernels/arithmetic.ts';
import { constant } from '../kernels/operation.ts';
import type { Method, Opening } from './method.ts';

/**
 * The loss has a penalty on the way from the pre-trained weights, `strength / 2 · ‖w - w0‖²`, and one on the head, which has no pre-trained
 * weights, `headStrength / 2 · ‖w‖²`. Source: Li, Grandvalet, Davoine, ICML 2018, arXiv:1802.01483, section 3.
 */
export function l2sp({ strength, headStrength }: MethodSettings['l2sp']): Method {
  return {
    open: (opening) => ({
      differentiate({ trained, evaluate }) {
        const { loss, gradients } = evaluate();
        return { loss, gradients: gradients.map((gradient, index) => withPenalty(gradient, trained[index]!, opening)) }; // in the same order
      },
    }),
  };

  function withPenalty(gradient: Gradient, parameter: Parameter, { weight, initial }: Opening): Gradient {
    const now = weight(parameter.name);
    const pull =
      parameter.layer === 'head' ? multiply(now, constant(headStrength)) : multiply(subtract(now, initial(parameter)), constant(strength));
    return { of: add(wholeGradient(gradient, parameter), pull) }; // at all rows, also those that the texts do not have
  }
}
