import type { MethodSettings } from '../../study/methods/methods.ts';
import { absolute, add, divide, larger, largestOfLast, multiply, reshape, smallest } from '../kernels/arithmetic.ts';
import type { Handle } from '../kernels/handle.ts';
import { constant } from '../kernels/operation.ts';
import { agreeing, disagreement } from './agreement.ts';
import type { Method, Part, RunFacts } from './method.ts';
import { bottomNoise } from './noise.ts';

/** Beside gradients that may be 0. */
const tiny = 1e-30;

/**
 * The predictions for the small noise at the bottom that changes them most, found by one step of ascent, are drawn to those without noise.
 * Source: Jiang et al., ACL 2020, arXiv:1911.03437, sections 3.1 and 3.3, without the proximal part.
 */
export function smart({ strength, radius, ascent }: MethodSettings['smart'], { seed }: RunFacts): Method {
  return { open: () => ({ loss: (part) => agreeing(worstNoise(part), strength) }) };

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
