import type { MethodSettings } from '../../study/methods/methods.ts';
import { multiply } from '../kernels/arithmetic.ts';
import { zerosAndOnes } from '../kernels/dropout.ts';
import { constant } from '../kernels/operation.ts';
import type { Method, RunFacts } from './method.ts';
import { methodNoise } from './noise.ts';

/**
 * Variant F: in each step a random share of all numbers gets a gradient, scaled by 1 / share. Source: Xu et al., EMNLP 2021, arXiv:2109.05687,
 * section 2.2. Gradients are clipped after the mask here, before it in the authors' code.
 */
export function childTuning({ share }: MethodSettings['childTuning'], { seed }: RunFacts): Method {
  return {
    open: ({ trained: all }) => {
      const placeOf = new Map(all.map(({ name }, place) => [name, place]));
      return ({ step, trained, evaluate }) => {
        const { loss, gradients } = evaluate();
        const chosen = gradients.map(({ of, ...rows }, index) => {
          const place = placeOf.get(trained[index]!.name)!; // both in the same order, the one part of the other
          const mask = zerosAndOnes(of.shape, methodNoise(seed, step, place, 1 - share));
          return { of: multiply(multiply(of, mask), constant(1 / share)), ...rows };
        });
        return { loss, gradients: chosen };
      };
    },
  };
}
