import type { MethodSettings } from '../../study/methods/methods.ts';
import { meanSquaredDistance } from '../kernels/distance.ts';
import { scaled } from '../kernels/scaled.ts';
import { sum } from '../kernels/sum.ts';
import type { Loss, Method, RunFacts } from './method.ts';
import { bottomNoise } from './noise.ts';

/**
 * What layers give is drawn to what they give with noise at the bottom, `strength · Σ mean ‖h - h'‖²`. Source: Hua et al., NAACL 2021,
 * arXiv:2107.04835, section 3; deviation and strength are ours.
 */
export function lnsr({ strength, deviation }: MethodSettings['lnsr'], { seed }: RunFacts): Method {
  return {
    open: () => ({
      loss(part): Loss {
        const noise = bottomNoise(seed, part, 'normal', deviation);
        return ({ graph, pass, taskLoss, over }) => {
          const clean = pass();
          const noisy = pass((bottom) => graph.apply(sum, { a: bottom, b: graph.constant(noise) }, undefined));
          return clean.hidden.reduce((loss, one, layer) => {
            const apart = graph.apply(meanSquaredDistance, { one, other: noisy.hidden[layer]! }, { lengths: part.lengths, over });
            return graph.apply(sum, { a: loss, b: graph.apply(scaled, { x: apart }, { factor: strength }) }, undefined);
          }, taskLoss(clean.outputs));
        };
      },
    }),
  };
}
