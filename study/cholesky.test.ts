import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cholesky, inverseFrom, solveLower, solveTransposed, steadyCholesky } from './cholesky.ts';

// By hand: L = [[2], [1, 3], [-1, 2, 1]].
const a = Float64Array.of(4, 2, -2, 2, 10, 5, -2, 5, 6);
const l = Float64Array.of(2, 0, 0, 1, 3, 0, -1, 2, 1);

test('cholesky: by hand, from the lower triangle alone', () => {
  assert.deepEqual(cholesky(a, 3), l);
  assert.deepEqual(cholesky(Float64Array.of(4, 9, 9, 2, 10, 9, -2, 5, 6), 3), l);
});

test('cholesky: a matrix that is not positive definite has no factor', () => {
  assert.equal(cholesky(Float64Array.of(1, 2, 2, 1), 2), undefined);
  assert.equal(cholesky(Float64Array.of(Number.NaN), 1), undefined);
});

test('cholesky: what is indefinite by rounding alone is steadied, what is no covariance is refused', () => {
  const nearly = Float64Array.of(1, 1 + 1e-10, 1 + 1e-10, 1);
  assert.equal(cholesky(nearly, 2), undefined);
  const factor = steadyCholesky(nearly, 2);
  assert.ok(Math.abs(factor[0]! ** 2 - 1) < 1e-8 && Math.abs(factor[0]! * factor[2]! - 1) < 1e-8, `${factor}`);
  assert.deepEqual(steadyCholesky(a, 3), l);
  assert.throws(() => steadyCholesky(Float64Array.of(1, 2, 2, 1), 2), RangeError);
  assert.throws(() => steadyCholesky(Float64Array.of(Number.NaN), 1), RangeError);
});

test('cholesky: both triangular systems, by hand', () => {
  assert.deepEqual(solveLower(l, Float64Array.of(2, 7, 6)), Float64Array.of(1, 2, 3));
  assert.deepEqual(solveTransposed(l, Float64Array.of(1, 12, 3)), Float64Array.of(1, 2, 3));
});

test('cholesky: the inverse times the matrix is one', () => {
  const inverse = inverseFrom(l, 3);
  for (let i = 0; i < 3; i += 1) {
    for (let j = 0; j < 3; j += 1) {
      const sum = [0, 1, 2].reduce((total, k) => total + inverse[i * 3 + k]! * a[k * 3 + j]!, 0);
      assert.ok(Math.abs(sum - Number(i === j)) < 1e-12, `${i}, ${j}: ${sum}`);
    }
  }
});
