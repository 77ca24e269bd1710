import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestProfiles } from './least-regret.ts';

const weights = [0.1, 0.4, 0.2, 0.3];
const isNear = (actual: readonly number[], expected: readonly number[]): void =>
  assert.ok(
    expected.every((value, at) => Math.abs(actual[at]! - value) < 1e-6),
    `${actual}`,
  );

test('a profile that the family holds is found, whatever the weights', () => {
  const line = [0.2, 0.3, 0.4, 0.5];
  const parabola = [0.5, 0.4, 0.5, 0.8];
  isNear(bestProfiles({ kind: 'ramp', optimum: line, weights, bestPrefix: 0 }, 1)[0]!, line);
  isNear(bestProfiles({ kind: 'ramp', optimum: parabola, weights, bestPrefix: 0 }, 2)[0]!, parabola);
});

test('frozen layers have no say', () => {
  const optimum = [0.9, 0.9, 0.4, 0.5]; // above the second layer: 0.2 + 0.3 · depth
  isNear(bestProfiles({ kind: 'ramp', optimum, weights, bestPrefix: 2 }, 1)[2]!, [0.2, 0.3, 0.4, 0.5]);
});

test('what no line goes through is met on the average', () => {
  const equal = [0.25, 0.25, 0.25, 0.25];
  isNear(bestProfiles({ kind: 'ramp', optimum: [0.6, 0.2, 0.2, 0.6], weights: equal, bestPrefix: 0 }, 1)[0]!, [0.4, 0.4, 0.4, 0.4]);
});
