import { cholesky, inverseFrom, solveLower, solveTransposed } from '../../cholesky.ts';
import type { Encoded, Encoder } from './encoder.ts';
import { boundsOf, type HyperParameters, layoutOf, likeliest, surprise } from './hyper-parameters.ts';
import { covarianceMatrix, kernelOf, layerCorrelation, maternSlope, scaledBy, squaredDistance } from './kernel.ts';
import { minimize, type Slope } from './minimize.ts';

/** What the model learns from; the three go together. */
export interface Evidence {
  readonly points: readonly Encoded[];
  /** Mean 0, deviation 1. */
  readonly losses: Float64Array;
  /** Variance that each loss is known to have, beside the noise that all share. */
  readonly noise: Float64Array;
}

/** Bounds the time; later steps hardly change what the model believes. */
const steps = 20;

/** The likeliest hyper-parameters beside their prior. Always begun at the prior's mode, so that the answer is one of the evidence alone. */
export function fit(encoder: Encoder, evidence: Evidence): HyperParameters {
  return minimize(misfit(encoder, evidence), likeliest(encoder), boundsOf(encoder), steps).x;
}

/**
 * Negative log posterior of hyper-parameters, up to a constant.
 * @see Rasmussen, Williams: Gaussian processes for machine learning, MIT Press 2006, equations 5.8 and 5.9
 */
export function misfit(encoder: Encoder, { points, losses, noise }: Evidence): (values: HyperParameters) => Slope {
  const layout = layoutOf(encoder);
  const n = points.length;
  const correlation = layerCorrelation(encoder);
  const { layerCount, scaleOf } = encoder;

  return (values) => {
    const kernel = kernelOf(encoder, values);
    const scaled = scaledBy(kernel, encoder, points);
    const factor = cholesky(covarianceMatrix(kernel, scaled, noise), n);
    if (factor === undefined) return { value: Number.POSITIVE_INFINITY, gradient: new Float64Array(layout.size) };
    const half = solveLower(factor, losses);
    const weights = solveTransposed(factor, half);
    const inverse = inverseFrom(factor, n);
    const pull = (i: number, k: number): number => weights[i]! * weights[k]! - inverse[i * n + k]!; // twice what a covariance adds to the fit

    const { value: unlikely, gradient } = surprise(encoder, values);
    let value = unlikely;
    const size = kernel.lengths.length;
    for (let i = 0; i < n; i += 1) {
      value += half[i]! ** 2 / 2 + Math.log(factor[i * n + i]!);
      gradient[layout.noise]! -= kernel.noiseVariance * pull(i, i);
      gradient[layout.joint]! -= kernel.jointVariance * pull(i, i);
      for (let k = 0; k < i; k += 1) {
        const squared = squaredDistance(scaled, i, scaled, k);
        const s = Math.sqrt(5 * squared);
        const twice = 2 * pull(i, k);
        gradient[layout.joint]! -= twice * kernel.jointVariance * (1 + s + (s * s) / 3) * Math.exp(-s);
        const bySquared = twice * maternSlope(kernel, squared);
        for (let j = 0, a = i * size, b = k * size; j < size; j += 1) {
          gradient[layout.lengths + scaleOf[j]!]! += bySquared * (scaled.joint[a + j]! - scaled.joint[b + j]!) ** 2;
        }
      }
    }
    if (layerCount > 0) {
      const alikeness = layerPull(encoder, points, factor, weights);
      for (let l = 0; l < layerCount; l += 1) {
        for (let m = 0; m < layerCount; m += 1) {
          const own = correlation[l * layerCount + m]! * Math.exp(values[layout.layers + l]! + values[layout.layers + m]!);
          gradient[layout.layers + l]! -= own * alikeness[l * layerCount + m]!;
        }
      }
    }
    return { value, gradient };
  };
}

/**
 * Layers × layers: twice how much the fit gains from covariance between the own effects of two layers. It is a product of the
 * features with the same matrix on both sides, so they are carried through the factor once instead of multiplied with its inverse.
 */
function layerPull(encoder: Encoder, points: readonly Encoded[], factor: Float64Array, weights: Float64Array): Float64Array {
  const { layerCount, featureCount, featureVariances } = encoder;
  const size = layerCount * featureCount;
  const carried = new Float64Array(points.length * size); // L⁻¹ times the features
  const summed = new Float64Array(size); // features times the weights
  const gain = new Float64Array(layerCount * layerCount);
  const add = (features: Float64Array, from: number, sign: 1 | -1): void => {
    for (let l = 0; l < layerCount; l += 1) {
      for (let m = 0; m < layerCount; m += 1) {
        let sum = 0;
        for (let f = 0, a = from + l * featureCount, b = from + m * featureCount; f < featureCount; f += 1)
          sum += features[a + f]! * features[b + f]!;
        gain[l * layerCount + m]! += sign * sum;
      }
    }
  };
  for (const [i, { layers }] of points.entries()) {
    const row = i * size;
    for (let at = 0; at < size; at += 1) {
      const feature = layers[at]! * Math.sqrt(featureVariances[at]!);
      carried[row + at] = feature;
      summed[at]! += feature * weights[i]!;
    }
    for (let k = 0; k < i; k += 1) {
      const share = factor[i * points.length + k]!;
      for (let at = 0, other = k * size; at < size; at += 1) carried[row + at]! -= share * carried[other + at]!;
    }
    for (let at = 0; at < size; at += 1) carried[row + at]! /= factor[i * points.length + i]!;
    add(carried, row, -1);
  }
  add(summed, 0, 1);
  return gain;
}
