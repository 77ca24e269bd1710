import type { MethodSettings } from '../../study/methods/methods.ts';
import { wordTable } from '../encoder/forward.ts';
import type { Parameter } from '../encoder/parameters.ts';
import { multiply, subtract } from '../kernels/arithmetic.ts';
import { normal } from '../kernels/dropout.ts';
import { type Handle, upload } from '../kernels/handle.ts';
import { constant } from '../kernels/operation.ts';
import { asTheyAre, type Method, type RunFacts } from './method.ts';
import { methodNoise } from './noise.ts';
import { shiftedBy } from './shifted.ts';

/**
 * The gradient is taken where the weights would be after one more step like the last, `∇f(w + ratio · (w - w before))`. Source: Lin et al., ICML
 * 2020, arXiv:2006.05720, section 3, where the last gradient has the place of the last step. Or it is taken somewhere near, as in their comparison
 * with random noise.
 */
export function extrapolation({ direction, ratio }: MethodSettings['extrapolation'], { seed, rateOf }: RunFacts): Method {
  const beforeOf = (name: string) => `before.${name}`;
  return {
    open: ({ trained: all, weight, held }) => {
      const moving = [...all.entries()].filter(([, { name }]) => name !== wordTable);
      const onward = ({ name }: Parameter): Handle => {
        const [before, now] = [held.get(beforeOf(name)) ?? weight(name), weight(name)];
        return multiply(subtract(now, before), constant(ratio));
      };
      const aside = (parameter: Parameter, place: number, step: number, share: number): Handle => {
        const deviation = ratio * share * rateOf(parameter)!; // what is trained has a rate
        return multiply(normal(parameter.shape, methodNoise(seed, step, place, 0).seed), upload(Float32Array.of(deviation), []));
      };
      return {
        differentiate({ step, share, evaluate }) {
          const shifts = moving.map(([place, parameter]) => {
            const shift = direction === 'lastStep' ? onward(parameter) : aside(parameter, place, step, share);
            return [parameter.name, shift] as const;
          });
          if (direction === 'noise') return evaluate(shiftedBy(new Map(shifts)));
          for (const [, { name }] of moving) held.set(beforeOf(name), weight(name));
          return evaluate(step === 0 ? asTheyAre : shiftedBy(new Map(shifts)));
        },
      };
    },
  };
}
