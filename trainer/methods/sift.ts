import type { MethodSettings } from '../../study/methods/methods.ts';
import type { Parameter } from '../encoder/parameters.ts';
import { absolute } from '../kernels/arithmetic.ts';
import { isLinear, largest, linearMatrices, masked, sizeOf } from './matrices.ts';
import type { Method } from './method.ts';

/**
 * Of each attention matrix the numbers with the largest gradients in the first step learn, and only these, to the end; the head learns as a
 * whole. Source: Song et al., ICML 2024, arXiv:2312.11875 (song-wx/SIFT). What does not learn is not decayed either.
 */
export function sift({ share }: MethodSettings['sift']): Method {
  const isSparse = (parameter: Parameter) => parameter.part === 'attention' && isLinear(parameter);
  return {
    trains: (parameter) => parameter.layer === 'head' || isSparse(parameter),
    decays: ({ layer }) => layer === 'head',
    open: ({ trained: all, held }) => {
      const matrixOf = new Map(linearMatrices(all.filter(isSparse)).map((matrix) => [matrix.name, matrix]));
      return {
        differentiate({ step, trained, evaluate }) {
          const { loss, gradients } = evaluate();
          const chosen = gradients.map((gradient, index) => {
            const matrix = matrixOf.get(trained[index]!.name); // in the same order
            if (matrix === undefined) return gradient;
            const name = `support.${matrix.name}`;
            if (step === 0) held.set(name, largest(absolute(gradient.of), matrix, Math.max(1, Math.round(share * sizeOf(matrix)))));
            return { of: masked(gradient.of, held.get(name)!, matrix) };
          });
          return { loss, gradients: chosen };
        },
      };
    },
  };
}
