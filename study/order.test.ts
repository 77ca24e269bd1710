import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareLosses } from './order.ts';

test('losses rise, infinities included, and NaN comes last', () => {
  const sorted = [Number.NaN, 2, Number.POSITIVE_INFINITY, -1, Number.NaN, Number.NEGATIVE_INFINITY, 0].toSorted(compareLosses);
  assert.deepEqual(sorted, [Number.NEGATIVE_INFINITY, -1, 0, 2, Number.POSITIVE_INFINITY, Number.NaN, Number.NaN]);
});

test('equal losses are equal, infinities and NaN too', () => {
  const pairs = [1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN].map((loss) => compareLosses(loss, loss));
  assert.deepEqual(pairs, [0, 0, 0, 0]);
});
