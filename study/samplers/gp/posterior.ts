import { solveLower, solveTransposed, steadyCholesky } from '../../cholesky.ts';
import type { Encoded, Encoder } from './encoder.ts';
import type { Evidence } from './fit.ts';
import type { HyperParameters } from './hyper-parameters.ts';
import { covariance, covarianceMatrix, kernelOf, maternSlope, scaledBy, squaredDistance } from './kernel.ts';

/** What the model believes of the true loss at a point. */
interface Belief {
  readonly mean: number;
  readonly deviation: number;
}

/** A function's derivatives by belief. */
interface ByBelief {
  readonly byMean: number;
  readonly byDeviation: number;
}

export interface Posterior {
  at(point: Encoded): Belief;
  /** The gradient by encoding of a function of the belief at a point. */
  gradientAt(point: Encoded, slopeOf: (belief: Belief) => ByBelief): { readonly byJoint: Float64Array; readonly byLayers: Float64Array };
}

/**
 * The Gaussian process given the evidence. Pending trials are believed to give what the model expects of them: that leaves
 * its mean as it is and takes away the uncertainty around them, so that parallel trials do not all try the same.
 * @see Rasmussen, Williams: Gaussian processes for machine learning, MIT Press 2006, algorithm 2.1
 * @see Ginsbourger, Le Riche, Carraro: Kriging is well-suited to parallelize optimization, 2010, for the believer
 */
export function posteriorOf(encoder: Encoder, values: HyperParameters, evidence: Evidence, pending: readonly Encoded[]): Posterior {
  const kernel = kernelOf(encoder, values);
  const scaled = scaledBy(kernel, encoder, [...evidence.points, ...pending]);
  const n = scaled.count;
  const factor = steadyCholesky(covarianceMatrix(kernel, scaled, evidence.noise), n);
  const known = evidence.points.length;
  const surprise = new Float64Array(n); // L⁻¹ times the losses; 0 for pending trials, which are as expected
  for (let i = 0; i < known; i += 1) {
    let rest = evidence.losses[i]!;
    for (let k = 0; k < i; k += 1) rest -= factor[i * n + k]! * surprise[k]!;
    surprise[i] = rest / factor[i * n + i]!;
  }
  const weights = solveTransposed(factor, surprise);

  const lookAt = (point: Encoded) => {
    const here = scaledBy(kernel, encoder, [point]);
    const covariances = new Float64Array(n);
    for (let i = 0; i < n; i += 1) covariances[i] = covariance(kernel, scaled, i, here, 0);
    const half = solveLower(factor, covariances);
    let mean = 0;
    let variance = covariance(kernel, here, 0, here, 0);
    for (let i = 0; i < n; i += 1) {
      mean += covariances[i]! * weights[i]!;
      variance -= half[i]! ** 2;
    }
    return { here, half, belief: { mean, deviation: Math.sqrt(Math.max(leastVariance, variance)) } };
  };

  return {
    at: (point) => lookAt(point).belief,
    gradientAt(point, slopeOf) {
      const { here, half, belief } = lookAt(point);
      const { byMean, byDeviation } = slopeOf(belief);
      const byVariance = byDeviation / (2 * belief.deviation);
      const explained = solveTransposed(factor, half);
      const byJoint = new Float64Array(here.joint.length);
      const byMixed = here.layers.map((feature) => 2 * byVariance * feature);
      for (let i = 0; i < n; i += 1) {
        const weight = byMean * weights[i]! - 2 * byVariance * explained[i]!;
        const slope = 2 * weight * maternSlope(kernel, squaredDistance(scaled, i, here, 0));
        for (let j = 0, at = i * byJoint.length; j < byJoint.length; j += 1)
          byJoint[j]! += slope * (here.joint[j]! - scaled.joint[at + j]!);
        for (let f = 0, at = i * byMixed.length; f < byMixed.length; f += 1) byMixed[f]! += weight * scaled.layers[at + f]!;
      }
      return { byJoint: byJoint.map((slope, j) => slope / kernel.lengths[j]!), byLayers: unmixed(kernel.mix, encoder, byMixed) };
    },
  };
}

/** What rounding leaves where the model is certain. */
const leastVariance = 1e-10;

/** From a gradient by mixed features to one by the features of the layers themselves. */
function unmixed(mix: Float64Array, { layerCount, featureCount, featureVariances }: Encoder, byMixed: Float64Array): Float64Array {
  return byMixed.map((_, at) => {
    const [layer, feature] = [Math.floor(at / featureCount), at % featureCount];
    let sum = 0;
    for (let q = 0; q <= layer; q += 1) sum += mix[layer * layerCount + q]! * byMixed[q * featureCount + feature]!;
    return sum * Math.sqrt(featureVariances[at]!);
  });
}
