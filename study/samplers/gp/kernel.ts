import { cholesky } from '../../cholesky.ts';
import type { Encoded, Encoder } from './encoder.ts';
import { type HyperParameters, layoutOf } from './hyper-parameters.ts';

/**
 * Covariance of the losses of two configurations: a Matérn 5/2 kernel over the joint coordinates, and for each layer an
 * effect of its own that only depends on its setting. Own effects of neighbouring layers are alike in part, so a smooth
 * profile is learnt from few trials; each has a scale of its own, so a single layer can stand out.
 * @see Rasmussen, Williams: Gaussian processes for machine learning, MIT Press 2006, sections 4.2 and 5.4
 * @see Duvenaud, Nickisch, Rasmussen: Additive Gaussian processes, NeurIPS 2011
 */
export interface Kernel {
  readonly jointVariance: number;
  /** Per joint coordinate. */
  readonly lengths: Float64Array;
  /** Layers × layers, lower triangle: the factor of the covariance of the layers' own effects. */
  readonly mix: Float64Array;
  readonly noiseVariance: number;
}

/** Points with the kernel's numbers worked into them, row by row. */
export interface Scaled {
  readonly count: number;
  /** Joint coordinates over their lengths. */
  readonly joint: Float64Array;
  /** Features of all layers, weighed and mixed so that the product of two rows is the covariance of their layers' own effects. */
  readonly layers: Float64Array;
}

/** How alike the own effects of two layers of one group are, at most; the rest is the layer's alone. */
const alike = 0.7;

/** Layers × layers: falls with the distance, over a quarter of the depth. 0 between layers of different parameters. */
export function layerCorrelation({ layerCount, groups }: Encoder): Float64Array {
  const correlation = new Float64Array(layerCount * layerCount);
  for (const { start, count } of groups) {
    for (let a = 0; a < count; a += 1) {
      for (let b = 0; b < count; b += 1) {
        const near = Math.exp(-(((a - b) / Math.max(1, count / 4)) ** 2) / 2);
        correlation[(start + a) * layerCount + start + b] = a === b ? 1 : alike * near;
      }
    }
  }
  return correlation;
}

export function kernelOf(encoder: Encoder, values: HyperParameters): Kernel {
  const layout = layoutOf(encoder);
  const { layerCount, scaleOf } = encoder;
  const factor = cholesky(layerCorrelation(encoder), layerCount)!; // ! is safe: the diagonal outweighs what is alike
  return {
    jointVariance: Math.exp(2 * values[layout.joint]!),
    lengths: Float64Array.from(scaleOf, (scale) => Math.exp(values[layout.lengths + scale]!)),
    mix: factor.map((share, at) => share * Math.exp(values[layout.layers + Math.floor(at / layerCount)]!)),
    noiseVariance: Math.exp(2 * values[layout.noise]!),
  };
}

export function scaledBy({ lengths, mix }: Kernel, encoder: Encoder, points: readonly Encoded[]): Scaled {
  const { layerCount, featureCount, featureVariances } = encoder;
  const [jointSize, layerSize] = [lengths.length, layerCount * featureCount];
  const joint = new Float64Array(points.length * jointSize);
  const layers = new Float64Array(points.length * layerSize);
  for (const [row, point] of points.entries()) {
    for (let j = 0; j < jointSize; j += 1) joint[row * jointSize + j] = point.joint[j]! / lengths[j]!;
    for (let l = 0; l < layerCount; l += 1) {
      if (point.layers[l * featureCount] === 0) continue; // frozen
      for (let q = 0; q <= l; q += 1) {
        const share = mix[l * layerCount + q]!;
        if (share === 0) continue;
        for (let f = 0, from = l * featureCount, to = row * layerSize + q * featureCount; f < featureCount; f += 1) {
          layers[to + f]! += share * Math.sqrt(featureVariances[from + f]!) * point.layers[from + f]!;
        }
      }
    }
  }
  return { count: points.length, joint, layers };
}

/** Covariance of two points. */
export function covariance({ jointVariance }: Kernel, a: Scaled, i: number, b: Scaled, k: number): number {
  const s = Math.sqrt(5 * squaredDistance(a, i, b, k));
  let sum = jointVariance * (1 + s + (s * s) / 3) * Math.exp(-s);
  const size = a.layers.length / a.count;
  for (let f = 0, x = i * size, y = k * size; f < size; f += 1) sum += a.layers[x + f]! * b.layers[y + f]!;
  return sum;
}

/** Between the joint coordinates of two points, in lengths. */
export function squaredDistance(a: Scaled, i: number, b: Scaled, k: number): number {
  const size = a.joint.length / a.count;
  let sum = 0;
  for (let j = 0, x = i * size, y = k * size; j < size; j += 1) sum += (a.joint[x + j]! - b.joint[y + j]!) ** 2;
  return sum;
}

/** How the Matérn 5/2 kernel changes with the squared distance. */
export function maternSlope({ jointVariance }: Kernel, squared: number): number {
  const s = Math.sqrt(5 * squared);
  return (-5 / 6) * jointVariance * (1 + s) * Math.exp(-s);
}

/** Lower triangle of the covariance of all points, and of the noise that each was measured with beside the kernel's own. */
export function covarianceMatrix(kernel: Kernel, points: Scaled, noise: ArrayLike<number>): Float64Array {
  const n = points.count;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k <= i; k += 1) matrix[i * n + k] = covariance(kernel, points, i, points, k);
    matrix[i * n + i]! += kernel.noiseVariance + (noise[i] ?? 0) + jitter;
  }
  return matrix;
}

/** Keeps equal points apart where there is hardly any noise. */
const jitter = 1e-8;
