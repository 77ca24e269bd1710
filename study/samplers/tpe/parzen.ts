import type { Domain } from '../../dimension.ts';
import { fromUnit, type Place, placeIn } from '../../domain.ts';
import type { RandomStream } from '../../random.ts';
import type { Value } from '../../trial.ts';
import { bells, choices, type Kernels } from './kernels.ts';

/** A density over several dimensions at once, relative to that of random draws. */
export interface Parzen {
  draw(random: RandomStream): readonly Value[];
  logDensity(point: readonly Value[]): number;
}

/**
 * As many kernels as points, each the product of one kernel per dimension, and the prior as one more; all weigh the same.
 * So dimensions that go together stay together, which a product of one-dimensional estimates would lose.
 * @param points - a value for each domain
 * @see Falkner, Klein, Hutter: BOHB, ICML 2018, arXiv:1807.01774, for the joint density; the bandwidth is Scott's rule, scaled
 */
export function parzen(domains: readonly Domain[], points: readonly (readonly Value[])[]): Parzen {
  const width = widthFor(points.length, domains.length);
  const dimensions = domains.map((domain, d) =>
    kernelsFor(
      domain,
      points.map((point) => placeIn(domain, point[d]!)),
      width,
    ),
  );

  return {
    draw(random) {
      const kernel = random.int(points.length + 1);
      return domains.map((domain, d) =>
        fromUnit(domain, kernel === points.length ? random.uniform() : dimensions[d]!.draw(kernel, random)),
      );
    },
    logDensity(point) {
      const sums = new Float64Array(points.length + 1); // the last one is the prior, whose log density is 0
      for (const [d, dimension] of dimensions.entries()) {
        const logs = dimension.logDensities(placeIn(domains[d]!, point[d]!));
        for (let kernel = 0; kernel < logs.length; kernel += 1) sums[kernel]! += logs[kernel]!;
      }
      return logMean(sums);
    },
  };
}

function kernelsFor(domain: Domain, places: readonly Place[], width: number): Kernels {
  return domain.kind === 'categorical' ? choices(places, domain.choices.length) : bells(places, width);
}

/** In units. A fifth of the range for one point, narrower with more; never so narrow that few points leave gaps between them. */
export function widthFor(points: number, dimensions: number): number {
  const scott = 0.2 * Math.max(1, points) ** (-1 / (dimensions + 4));
  return Math.max(scott, 1 / Math.min(100, points + 2));
}

/** The logarithm of the mean of exponentials, without overflow. */
function logMean(logs: Float64Array): number {
  const largest = logs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0) / logs.length);
}
