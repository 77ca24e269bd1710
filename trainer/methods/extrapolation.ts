import type { MethodSettings } from '../../study/methods/methods.ts';
import { wordTable } from '../encoder/forward.ts';
import { multiply, subtract } from '../kernels/arithmetic.ts';
import { constant } from '../kernels/operation.ts';
import { asTheyAre, type Method } from './method.ts';
import { shiftedBy } from './shifted.ts';

/**
 * The gradient is taken where the weights would be after one more step like the last, `∇f(w + ratio · (w - w before))`. Source: Lin et al., ICML
 * 2020, arXiv:2006.05720, section 3, where the last gradient has the place of the last step.
 */
export function extrapolation({ ratio }: MethodSettings['extrapolation']): Method {
  return {
    open: ({ trained: all, weight, held }) => {
      const moving = all.filter(({ name }) => name !== wordTable);
      const beforeOf = (name: string) => `before.${name}`;
      return {
        differentiate({ step, evaluate }) {
          const moves = moving.map(({ name }) => {
            const [before, now] = [held.get(beforeOf(name)) ?? weight(name), weight(name)];
            return [name, multiply(subtract(now, before), constant(ratio))] as const;
          });
          for (const { name } of moving) held.set(beforeOf(name), weight(name));
          return evaluate(step === 0 ? asTheyAre : shiftedBy(new Map(moves)));
        },
      };
    },
  };
}
