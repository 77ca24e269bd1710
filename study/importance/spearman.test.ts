import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededStream } from '../random.ts';
import { adjustedForMany } from './benjamini-hochberg.ts';
import { ranksOf, spearman } from './spearman.ts';

test('equal values share the mean of their ranks, and NaN comes last', () => {
  assert.deepEqual(ranksOf([3, 1, Number.NaN, 3, 2]), [3.5, 1, 5, 3.5, 2]);
});

test('spearman: worked by hand, with ties', () => {
  const found = spearman([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], seededStream(1, 0));
  assert.ok(Math.abs(found!.rho - 0.8) < 1e-12); // 1 - 6 · 4 / (5 · 24)
  const bits = spearman([0, 0, 1, 1], [1, 2, 3, 3], seededStream(1, 0)); // ranks 1.5, 1.5, 3.5, 3.5 and 1, 2, 3.5, 3.5
  assert.ok(Math.abs(bits!.rho - 4 / Math.sqrt(4 * 4.5)) < 1e-12);
});

test('spearman: p is that of all orders, here 2 of 120 that are as strong', () => {
  const { p } = spearman([1, 2, 3, 4, 5], [10, 20, 30, 40, 50], seededStream(3, 0))!;
  assert.ok(Math.abs(p - 2 / 120) < 0.012, `${p}`);
});

test('spearman: nothing to say where a side does not vary', () => {
  assert.equal(spearman([1, 1, 1], [1, 2, 3], seededStream(1, 0)), undefined);
});

test('Benjamini and Hochberg, worked by hand: p · m / rank, made to rise', () => {
  const adjusted = adjustedForMany([{ p: 0.01 }, { p: 0.04 }, undefined, { p: 0.03 }, { p: 0.8 }]);
  const wanted = [0.04, 0.16 / 3, undefined, 0.16 / 3, 0.8];
  assert.deepEqual(
    adjusted.map((found) => found?.p.toFixed(12)),
    wanted.map((p) => p?.toFixed(12)),
  );
  assert.deepEqual(adjustedForMany([]), []);
});
