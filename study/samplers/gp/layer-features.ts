import type { Domain } from '../../dimension.ts';
import { legendre, legendreSlopes } from './legendre.ts';
import { settled } from './units.ts';

/** Degrees in which a layer's own effect is described, with the prior variance of each one's weight: smooth shapes first. */
const degreeVariances = [1, 0.35, 0.08, 0.03, 0.01];
const learningVariance = 0.5;
const choiceVariance = 0.3;

const learns = { feature: 0, range: 1 };
const rate = { feature: 1, range: Math.sqrt(12) };

/** What the own effect of one layer's setting is made of: a weighed sum of these numbers, which are all 0 where it is frozen. */
export interface LayerFeatures {
  readonly size: number;
  /** Prior variance of each number's weight. */
  readonly variances: Float64Array;
  /** Features in which layers are also seen together, as a profile over depth, and how far each can range. */
  readonly profiled: readonly { readonly feature: number; readonly range: number }[];
  at(unit: number): Float64Array;
  /** Derivative by the unit of a function, from its derivatives by the features. */
  slope(unit: number, byFeatures: Float64Array): number;
}

/** Number 0 is whether the layer learns at all. */
export function layerFeaturesOf(domain: Domain): LayerFeatures {
  return domain.kind === 'categorical' ? choiceFeatures(domain.choices.length) : rateFeatures(domain);
}

function choiceFeatures(count: number): LayerFeatures {
  return {
    size: 1 + count,
    variances: Float64Array.from({ length: 1 + count }, (_, feature) => (feature === 0 ? learningVariance : choiceVariance)),
    profiled: Array.from({ length: count }, (_, choice) => ({ feature: 1 + choice, range: 1 })),
    at: (unit) =>
      Float64Array.from({ length: 1 + count }, (_, f) => Number(f === 0 || f === 1 + Math.min(count - 1, Math.floor(unit * count)))),
    slope: () => 0,
  };
}

function rateFeatures(domain: Domain): LayerFeatures {
  const frozenShare = domain.kind === 'frozenOrRate' ? domain.frozenProbability : 0;
  const rateAt = (unit: number): number => (settled(domain, unit) - frozenShare) / (1 - frozenShare);
  return {
    size: 1 + degreeVariances.length,
    variances: Float64Array.of(learningVariance, ...degreeVariances),
    profiled: frozenShare > 0 ? [learns, rate] : [rate],
    at(unit) {
      const features = new Float64Array(1 + degreeVariances.length);
      if (unit < frozenShare) return features;
      features[0] = 1;
      legendre(rateAt(unit), features.subarray(1));
      return features;
    },
    slope(unit, byFeatures) {
      if (unit < frozenShare) return 0;
      const slopes = new Float64Array(degreeVariances.length);
      legendreSlopes(rateAt(unit), slopes);
      return slopes.reduce((sum, slope, degree) => sum + slope * byFeatures[1 + degree]!, 0) / (1 - frozenShare);
    },
  };
}
