import type { MethodSettings } from '../../study/methods/methods.ts';
import { absolute, add, between, divide, larger, largestOfLast, multiply, reshape, smallest } from '../kernels/arithmetic.ts';
import { symmetricDivergence } from '../kernels/divergence.ts';
import { type Handle, inScope, upload } from '../kernels/handle.ts';
import { constant } from '../kernels/operation.ts';
import { agreeing, disagreement } from './agreement.ts';
import type { Loss, Method, Part, RunFacts } from './method.ts';
import { bottomNoise } from './noise.ts';
import { penalised } from './penalty.ts';

/** Beside gradients that may be 0. */
const tiny = 1e-30;

const earlierOf = (name: string): string => `earlier.${name}`;

/**
 * The predictions for the small noise at the bottom that changes them most, found by one step of ascent, are drawn to those without noise; with
 * `proximal`, also to those of a moving average of the model's earlier weights. Source: Jiang et al., ACL 2020, arXiv:1911.03437, sections 3.1 to 3.3.
 */
export function smart({ strength, radius, ascent, proximal, momentum }: MethodSettings['smart'], { seed }: RunFacts): Method {
  return {
    open({ trained, weight, held }) {
      const loss = (part: Part): Loss => {
        const noise = worstNoise(part);
        return (pass) => {
          const { graph, over } = pass;
          const { outputs: one, total } = agreeing(pass, noise, strength);
          if (proximal === 0) return total;
          const other = pass.pass(undefined, (name) => held.get(earlierOf(name))).outputs;
          return penalised(graph, total, proximal, graph.apply(symmetricDivergence, { one, other }, { over }));
        };
      };
      if (proximal === 0) return { loss };
      const keep = (value: (name: string) => Handle) => {
        for (const { name } of trained) held.set(earlierOf(name), value(name));
      };
      return {
        loss,
        async survey() {
          inScope(() => keep(weight));
        },
        stepped() {
          const share = upload(Float32Array.of(1 - momentum), []);
          keep((name) => between(held.get(earlierOf(name))!, weight(name), share)); // the survey began it
        },
      };
    },
  };

  function worstNoise(part: Part): Handle {
    const first = bottomNoise(seed, part, 'normal', radius);
    const gradient = part.sensitivity(first, (loss, noise) => disagreement(loss, noise).apart);
    const [rows, width] = part.bottom;
    const texts = part.lengths.length;
    const byText = reshape(gradient, texts, (rows * width) / texts);
    const direction = reshape(divide(byText, add(largestOfLast(absolute(byText)), constant(tiny))), rows, width);
    const moved = add(first, multiply(direction, constant(ascent)));
    return smallest(larger(moved, constant(-radius)), constant(radius));
  }
}
