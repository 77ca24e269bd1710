import type { Domain } from '../../dimension.ts';
import { fromUnit, type Place } from '../../domain.ts';
import { drawIndex, type RandomStream } from '../../random.ts';
import type { Value } from '../../trial.ts';
import { kernelsOf } from './kernels.ts';

/** A point by the place of each dimension; undefined where it had no effect. */
export type Point = readonly (Place | undefined)[];

/** A density over several dimensions at once, relative to that of random draws. */
export interface Parzen {
  draw(random: RandomStream): readonly Value[];
  /** @param without - one of the points, by index, whose kernel is left out: the density as the others have it */
  logDensity(point: Point, without?: number): number;
}

export interface ParzenSettings {
  /** Least width of a bell, in units. */
  readonly leastWidth: number;
  /** Of the points, one each; the prior's is 1. */
  readonly weights: readonly number[];
}

/**
 * As many kernels as points, each the product of one kernel per dimension, and the prior as one more. So dimensions that
 * go together stay together, which a product of one-dimensional estimates would lose.
 * @see Falkner, Klein, Hutter: BOHB, ICML 2018, arXiv:1807.01774, for the joint density
 */
export function parzen(domains: readonly Domain[], points: readonly Point[], { leastWidth, weights }: ParzenSettings): Parzen {
  const dimensions = domains.map((domain, d) =>
    kernelsOf(
      domain,
      points.map((point) => point[d]),
      leastWidth,
    ),
  );
  const withPrior = [...weights, 1];
  const total = withPrior.reduce((sum, weight) => sum + weight, 0);
  const sums = new Float64Array(points.length);

  return {
    draw(random) {
      const kernel = drawIndex(random, withPrior);
      return domains.map((domain, d) =>
        fromUnit(domain, kernel === points.length ? random.uniform() : dimensions[d]!.draw(kernel, random)),
      );
    },
    logDensity(point, without) {
      sums.fill(0);
      for (const [d, place] of point.entries()) if (place !== undefined) dimensions[d]!.addLogDensities(place, sums);
      if (without !== undefined) sums[without] = Number.NEGATIVE_INFINITY;
      return logSum(sums, weights) - Math.log(total - (without === undefined ? 0 : weights[without]!));
    },
  };
}

/** The logarithm of the weighted sum of exponentials and the prior's 1, without overflow. */
function logSum(logs: Float64Array, weights: readonly number[]): number {
  let largest = 0;
  for (const log of logs) largest = Math.max(largest, log);
  let sum = Math.exp(-largest);
  for (let kernel = 0; kernel < logs.length; kernel += 1) sum += weights[kernel]! * Math.exp(logs[kernel]! - largest);
  return largest + Math.log(sum);
}
