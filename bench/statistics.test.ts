import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pairedRatio, shownSpread } from './statistics.ts';

test('quartiles lie between values, as numpy has them', () => {
  assert.equal(shownSpread([4, 1, 3, 2]), '2.5 (1.75–3.25)');
});

test('a ratio of medians has an interval around it, which closes where all seeds agree', () => {
  assert.deepEqual(pairedRatio([1, 1, 1], [4, 4, 4], 1e-3), { ratio: 0.25, low: 0.25, high: 0.25 });
  const { ratio, low, high } = pairedRatio([1, 2, 3, 4, 5], [2, 2, 2, 2, 2], 1e-3);
  assert.equal(ratio, 1.5);
  assert.ok(low >= 0.5 && low < 1.5 && high > 1.5 && high <= 2.5, `${low} to ${high}`);
});

test('what both have solved is a draw', () => {
  assert.equal(pairedRatio([0, 0], [1e-9, 1e-9], 1e-3).ratio, 1);
});
