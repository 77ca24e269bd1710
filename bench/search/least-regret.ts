import { cholesky, solveLower, solveTransposed } from '../../study/cholesky.ts';
import type { LayerFreezeTask } from '../../study/simulator/layer-freeze.ts';

/**
 * Rates of the best profile over depth that is a polynomial on the log scale, per number of frozen layers: what a structured
 * space comes down to when a search in it is perfect. Weighted least squares per number of frozen layers, as the loss of a task
 * grows with the square of the distance from the optimum.
 * @param degree - 1: `prefixDecay`, 2: `curve`
 * @returns places on the scale of `optimum`, bottom to top, by number of frozen layers; not for all of them frozen
 */
export function bestProfiles({ optimum, weights }: LayerFreezeTask, degree: number): readonly (readonly number[])[] {
  const depths = optimum.map((_, layer) => layer / (optimum.length - 1));
  return optimum.map((_, prefix) => {
    const fitted = coefficients(depths.slice(prefix), optimum.slice(prefix), weights.slice(prefix), degree);
    return depths.map((depth) => Math.min(1, Math.max(0, polynomial(fitted, depth))));
  });
}

/** Ridge so small that it only decides where fewer layers are left than there are coefficients. */
const ridge = 1e-9;

function coefficients(depths: readonly number[], targets: readonly number[], weights: readonly number[], degree: number): Float64Array {
  const n = degree + 1;
  const moments = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (const [at, depth] of depths.entries()) {
    const powers = Array.from({ length: n }, (_, power) => depth ** power);
    for (const [i, a] of powers.entries()) {
      right[i]! += weights[at]! * a * targets[at]!;
      for (const [j, b] of powers.entries()) moments[i * n + j]! += weights[at]! * a * b + (i === j ? ridge : 0);
    }
  }
  const factor = cholesky(moments, n)!;
  return solveTransposed(factor, solveLower(factor, right));
}

const polynomial = (fitted: Float64Array, depth: number): number =>
  fitted.reduce((total, coefficient, power) => total + coefficient * depth ** power, 0);
