import { solveLower, steadyCholesky } from '../../cholesky.ts';
import type { Strategy } from './strategy.ts';

/** A normal distribution over n coordinates with the memory of how it got there. Covariance: row-major, n × n. */
export interface Distribution {
  readonly generation: number;
  readonly mean: Float64Array;
  readonly sigma: number;
  readonly covariance: Float64Array;
  /** Stretches single coordinates, so that those in steps do not come to rest between two of them. */
  readonly stretch: Float64Array;
  readonly stepPath: Float64Array;
  readonly meanPath: Float64Array;
}

/** In the middle of the cube, and nearly as wide as it: three draws in ten of a coordinate are farther from it than this. */
const firstSigma = 0.3;

export function firstDistribution(n: number): Distribution {
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) covariance[i * n + i] = 1;
  return {
    generation: 0,
    mean: new Float64Array(n).fill(0.5),
    sigma: firstSigma,
    covariance,
    stretch: new Float64Array(n).fill(1),
    stepPath: new Float64Array(n),
    meanPath: new Float64Array(n),
  };
}

/** Standard deviation of a coordinate. */
export const deviationOf = ({ sigma, stretch, covariance, mean }: Distribution, i: number): number =>
  sigma * stretch[i]! * Math.sqrt(covariance[i * mean.length + i]!);

/**
 * A point of the distribution.
 * @param normals - independent standard normal draws
 */
export function pointFrom({ mean, sigma, stretch }: Distribution, factor: Float64Array, normals: Float64Array): Float64Array {
  const n = mean.length;
  return mean.map((centre, i) => {
    let step = 0;
    for (let k = 0; k <= i; k += 1) step += factor[i * n + k]! * normals[k]!;
    return centre + sigma * stretch[i]! * step;
  });
}

/**
 * What a generation teaches. Its trials need not come from this distribution: one that lies too far out counts as one in
 * the same direction that could have come from it. The covariance's square root is Cholesky's, which turns the path of
 * the step size but not its length.
 * @param ranked - as many points as there are weights, best first; NaN where a trial says nothing about a coordinate
 * @see Hansen: The CMA evolution strategy: a tutorial, 2016, arXiv:1604.00772, appendix A
 * @see Hansen: Injecting external solutions into CMA-ES, 2011, arXiv:1110.4181
 * @see Krause, Arbonès, Igel: CMA-ES with optimal covariance update and storage complexity, NeurIPS 2016
 */
export function learnt(before: Distribution, ranked: readonly Float64Array[], strategy: Strategy): Distribution {
  const { mean, sigma, stretch } = before;
  const { weights, effective, pathDecay, stepDecay, stepDamping, rankOne, rankMany } = strategy;
  const n = mean.length;
  const factor = steadyCholesky(before.covariance, n);
  const farthest = Math.sqrt(n) + (2 * n) / (n + 2);
  const steps = ranked.map((point) => {
    const step = mean.map((centre, i) => (Number.isNaN(point[i]!) ? 0 : (point[i]! - centre) / (sigma * stretch[i]!)));
    const length = lengthOf(solveLower(factor, step));
    const share = Math.min(1, farthest / length);
    return { step: length === 0 ? step : step.map((value) => value * share), length: length * share };
  });

  const move = new Float64Array(n);
  for (const [rank, { step }] of steps.entries()) for (let i = 0; i < n; i += 1) move[i]! += Math.max(0, weights[rank]!) * step[i]!;
  const white = solveLower(factor, move);
  const stepPath = before.stepPath.map((old, i) => (1 - stepDecay) * old + Math.sqrt(stepDecay * (2 - stepDecay) * effective) * white[i]!);
  const expected = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
  const sinceStart = Math.sqrt(1 - (1 - stepDecay) ** (2 * (before.generation + 1)));
  const stalls = lengthOf(stepPath) / sinceStart >= (1.4 + 2 / (n + 1)) * expected; // then the covariance is not stretched too
  const meanPath = before.meanPath.map(
    (old, i) => (1 - pathDecay) * old + (stalls ? 0 : Math.sqrt(pathDecay * (2 - pathDecay) * effective) * move[i]!),
  );

  const totalWeight = weights.reduce((sum, weight) => sum + weight, 0);
  const kept = 1 - rankOne - rankMany * totalWeight + (stalls ? rankOne * pathDecay * (2 - pathDecay) : 0);
  const covariance = before.covariance.map((value) => kept * value);
  addOuter(covariance, meanPath, rankOne);
  for (const [rank, { step, length }] of steps.entries()) {
    const weight = weights[rank]!; // a negative one is scaled so that the covariance stays positive definite
    addOuter(covariance, step, rankMany * (weight >= 0 ? weight : (weight * n) / (length ** 2 || n)));
  }
  return {
    generation: before.generation + 1,
    mean: mean.map((centre, i) => centre + sigma * stretch[i]! * move[i]!),
    sigma: sigma * Math.exp((stepDecay / stepDamping) * (lengthOf(stepPath) / expected - 1)),
    covariance,
    stretch,
    stepPath,
    meanPath,
  };
}

function addOuter(matrix: Float64Array, vector: Float64Array, weight: number): void {
  const n = vector.length;
  for (let i = 0; i < n; i += 1) for (let j = 0; j < n; j += 1) matrix[i * n + j]! += weight * vector[i]! * vector[j]!;
}

const lengthOf = (vector: Float64Array): number => Math.sqrt(vector.reduce((sum, value) => sum + value ** 2, 0));
