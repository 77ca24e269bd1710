import { valueAt } from '../../study/methods/by-layer.ts';
import type { MethodSettings } from '../../study/methods/methods.ts';
import { columnMask, linearMatrices, mixedWith } from './matrices.ts';
import type { Lens, Method, RunFacts } from './method.ts';
import { methodNoise } from './noise.ts';

/**
 * In each step some inputs of each linear map have their pre-trained weights in place of the learnt ones, scaled so that the expectation is the
 * learnt weight. Source: Lee, Cho, Kang, ICLR 2020, arXiv:1909.11299; masks by input and a gradient without 1/(1 - p), as in the authors' code
 * (bloodwass/mixout).
 */
export function mixout({ rate }: MethodSettings['mixout'], { seed }: RunFacts): Method {
  return {
    open: ({ trained, initial }) => {
      const byName = new Map(linearMatrices(trained).map((matrix, place) => [matrix.name, { matrix, place }]));
      const parameterOf = new Map(trained.map((parameter) => [parameter.name, parameter]));
      return {
        differentiate({ step, evaluate }) {
          const lens: Lens = (graph, weights, name) => {
            const found = byName.get(name);
            if (found === undefined) return weights(name);
            const { matrix, place } = found;
            const rateHere = valueAt(rate, matrix.layer);
            if (rateHere === 0) return weights(name);
            const mask = columnMask(matrix, methodNoise(seed, step, place, rateHere));
            return mixedWith(graph, weights(name), initial(parameterOf.get(name)!), mask, matrix, rateHere, 'masked');
          };
          return evaluate(lens);
        },
      };
    },
  };
}
