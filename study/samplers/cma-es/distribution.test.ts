import assert from 'node:assert/strict';
import { test } from 'node:test';
import { solveLower, steadyCholesky } from '../../cholesky.ts';
import { firstDistribution, learnt, pointFrom } from './distribution.ts';
import reference from './fixtures/cma.json' with { type: 'json' };
import { strategyFor } from './strategy.ts';

for (const { n, popsize, weights } of reference.weights) {
  test(`cma-es: the weights of ${popsize} trials in ${n} dimensions are those of the package cma`, () => {
    near(strategyFor(n, n).weights, weights);
  });
}

for (const { before, points, after } of reference.updates) {
  const n = before.mean.length;
  test(`cma-es: an update in ${n} dimensions is that of the tutorial${after.goes ? '' : ', where the mean path stalls'}`, () => {
    const distribution = {
      ...firstDistribution(n),
      mean: Float64Array.from(before.mean),
      sigma: before.sigma,
      covariance: Float64Array.from(before.covariance.flat()),
      meanPath: Float64Array.from(before.meanPath),
    };
    const updated = learnt(
      distribution,
      points.map((point) => Float64Array.from(point)),
      strategyFor(n, n),
    );
    near([...updated.mean, updated.sigma], [...after.mean, after.sigma]);
    near(updated.covariance, after.covariance.flat());
    near(updated.meanPath, after.meanPath);
  });
}

test('cma-es: a trial from far away counts as one that could have come from the distribution, and one that says nothing as its middle', () => {
  const strategy = strategyFor(2, 2);
  const first = firstDistribution(2);
  const others = Array.from({ length: strategy.lambda - 1 }, () => new Float64Array([Number.NaN, Number.NaN]));
  const meanAfter = (best: readonly number[]) => [...learnt(first, [Float64Array.from(best), ...others], strategy).mean];
  const farthest = first.sigma * (Math.sqrt(2) + 1); // in every direction; weights[0] of it is the way
  near(meanAfter([100, 0.5]), [0.5 + strategy.weights[0]! * farthest, 0.5]);
  near(meanAfter([0.5, Number.NaN]), [0.5, 0.5]);
});

test('cma-es: points lie about the mean as the covariance says', () => {
  const matrix = Float64Array.from([4, 2, 0.4, 2, 5, 1, 0.4, 1, 3]);
  const factor = steadyCholesky(matrix, 3);
  const x = Float64Array.from([1, -2, 3]);
  const centred = { ...firstDistribution(3), mean: new Float64Array(3), sigma: 1 };
  near(solveLower(factor, pointFrom(centred, factor, x)), x);
});

function near(got: ArrayLike<number>, want: ArrayLike<number>): void {
  assert.equal(got.length, want.length);
  for (let i = 0; i < got.length; i += 1) assert.ok(Math.abs(got[i]! - want[i]!) < 1e-9, `${i}: ${got[i]}, not ${want[i]}`);
}
