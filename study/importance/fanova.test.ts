import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededStream } from '../random.ts';
import { fanova } from './fanova.ts';
import type { Points } from './regression-tree.ts';

/** A fine grid of both features, so that a forest can learn what is true by arithmetic. */
const grid: Points = Array.from({ length: 400 }, (_, index) => [at((index % 20) / 20 + 0.025), at(Math.floor(index / 20) / 20 + 0.025)]);

test('fanova: a step at a cut is all across the cut, a slope behind it is all within', () => {
  const step = grid.map(([x]) => (x!.low < 0.5 ? 0 : 1));
  const [x, y] = fanova(grid, step, [0.5, undefined], 1);
  assert.ok(Math.abs(x!.share - 1) < 1e-6 && Math.abs(x!.acrossCut - 1) < 1e-6 && y!.share < 1e-6, JSON.stringify([x, y]));

  const slope = grid.map(([x]) => Math.abs(x!.low - 0.5));
  const [v] = fanova(grid, slope, [0.5, undefined], 1);
  assert.ok(v!.share > 0.99 && v!.acrossCut < 0.01, JSON.stringify(v));
});

test('fanova: what two features do only together is in no share', () => {
  const corners = grid.map(([x, y]) => (x!.low < 0.5 === y!.low < 0.5 ? 1 : 0));
  for (const { share } of fanova(grid, corners, [undefined, undefined], 1)) assert.ok(share < 0.02, `${share}`);
});

test('fanova: equal values have nothing to explain', () => {
  assert.deepEqual(
    fanova(
      grid,
      grid.map(() => 3),
      [undefined, undefined],
      1,
    ),
    [
      { share: 0, acrossCut: 0 },
      { share: 0, acrossCut: 0 },
    ],
  );
});

test('fanova: space is measured by how likely draws are', () => {
  const random = seededStream(1, 0);
  const rare = Array.from({ length: 300 }, () => (random.uniform() < 0.1 ? 0 : 1));
  const points = rare.map((level) => [level === 0 ? { low: 0, high: 0.1 } : { low: 0.1, high: 1 }, at(random.uniform())]);
  const values = rare.map((level, index) => level + (points[index]![1]!.low < 0.5 ? 0 : 1)); // variances 0.1 · 0.9 and 0.5 · 0.5
  const [level, other] = fanova(points, values, [undefined, undefined], 1);
  assert.ok(Math.abs(level!.share - 0.09 / 0.34) < 0.01, `${level!.share}`);
  assert.ok(Math.abs(other!.share - 0.25 / 0.34) < 0.01, `${other!.share}`);
});

function at(x: number) {
  return { low: x, high: x };
}
