import type { MethodSettings } from '../../study/methods/methods.ts';
import type { Parameter } from '../encoder/parameters.ts';
import { wholeGradient } from '../engine/whole-gradient.ts';
import { add, multiply, subtract } from '../kernels/arithmetic.ts';
import { type Handle, inScope, upload } from '../kernels/handle.ts';
import type { Method, Opening, RunFacts } from './method.ts';

/**
 * Weights are pulled to the pre-trained ones, and those of the head, which has none, to zero: `strength · (w - w0)` and `headStrength · w`. As a
 * penalty the pull is part of the gradient; source: Li, Grandvalet, Davoine, ICML 2018, arXiv:1802.01483, section 3. As decay it is not, and moves
 * the weights by the learning rate alone; source: Zhang et al., ICLR 2021, arXiv:2006.05987 (asappresearch/revisit-bert-finetuning, PriorWD).
 */
export function l2sp({ form, strength, headStrength }: MethodSettings['l2sp'], { rateOf }: RunFacts): Method {
  return {
    open: (opening) => ({
      differentiate({ trained, share, evaluate }) {
        const { loss, gradients } = evaluate();
        if (form === 'penalty') {
          const pulled = gradients.map((gradient, index) => {
            const parameter = trained[index]!; // in the same order
            const whole = wholeGradient(gradient, parameter); // the pull is at all rows, also those that the texts do not have
            return { of: add(whole, pull(parameter, opening, 1)) };
          });
          return { loss, gradients: pulled };
        }
        for (const parameter of trained.filter(({ kind }) => kind === 'weight')) {
          const rate = share * rateOf(parameter)!; // what is trained has one
          inScope(() => opening.assign(parameter.name, subtract(opening.weight(parameter.name), pull(parameter, opening, rate))));
        }
        return { loss, gradients };
      },
    }),
  };

  function pull(parameter: Parameter, { weight, initial }: Opening, factor: number): Handle {
    const now = weight(parameter.name);
    const isHead = parameter.layer === 'head';
    const away = isHead ? now : subtract(now, initial(parameter));
    return multiply(away, upload(Float32Array.of(factor * (isHead ? headStrength : strength)), []));
  }
}
