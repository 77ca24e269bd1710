import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standardized } from './standard-scale.ts';

test('standardized: mean 0, deviation 1, and in the order of the losses', () => {
  const { losses } = standardized([5, 1, 4, 2, 3]);
  assert.ok(Math.abs(losses.reduce((a, b) => a + b)) < 1e-12);
  assert.ok(Math.abs(losses.reduce((sum, loss) => sum + loss ** 2, 0) - 5) < 1e-12);
  assert.deepEqual(
    [...losses.keys()].sort((a, b) => losses[a]! - losses[b]!),
    [1, 3, 4, 2, 0],
  );
});

test('standardized: an outlier leaves the good ones apart', () => {
  const gap = (worst: number) => {
    const { losses } = standardized([1, 2, 3, 4, 5, 6, worst]);
    return losses[1]! - losses[0]!;
  };
  assert.ok(gap(1e9) > gap(7) / 10, `${gap(1e9)}, without outlier ${gap(7)}`);
});

test('standardized: the unit is that of good losses', () => {
  const { losses, unit } = standardized([1, 2, 3, 4, 5, 6, 100]);
  assert.ok(Math.abs((losses[1]! - losses[0]!) * unit - 1) < 1e-12);
});

test('standardized: equal losses, or a single one, are all average', () => {
  for (const losses of [[3], [2, 2, 2]])
    assert.deepEqual(
      [...standardized(losses).losses],
      losses.map(() => 0),
    );
});
