import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededStream } from '../../random.ts';
import { firstDistribution } from './distribution.ts';
import { unitIn } from './unit-in.ts';

const distribution = { ...firstDistribution(1), mean: Float64Array.of(0.5), sigma: 0.1 };
const random = seededStream(1, 0);
const draws = (low: number, high: number) => Array.from({ length: 4000 }, () => unitIn({ low, high }, distribution, 0, random));

test('cma-es: where a number lies is known', () => {
  assert.equal(unitIn({ low: 0.3, high: 0.3 }, distribution, 0, random), 0.3);
});

test('cma-es: within a step it is drawn as the distribution has it', () => {
  const within = draws(0.5, 0.7);
  assert.ok(within.every((unit) => unit >= 0.5 && unit <= 0.7));
  const mean = within.reduce((sum, unit) => sum + unit, 0) / within.length;
  const wanted = 0.5 + (0.1 * (0.3989423 - 0.053991)) / 0.4772499; // of a normal distribution cut off at 0 and 2 deviations
  assert.ok(Math.abs(mean - wanted) < 0.003, `${mean}, not ${wanted}`);
});

test('cma-es: the first and the last step go on beyond the ends', () => {
  assert.ok(draws(0, 0.5).some((unit) => unit < 0.25));
  const wide = { ...distribution, sigma: 1 };
  assert.ok(Array.from({ length: 50 }, () => unitIn({ low: 0.5, high: 1 }, wide, 0, random)).some((unit) => unit > 1));
});

test('cma-es: a step that has no probability is as near as can be', () => {
  const narrow = { ...distribution, sigma: 1e-6 };
  assert.equal(unitIn({ low: 0.6, high: 0.7 }, narrow, 0, random), 0.6);
  assert.equal(unitIn({ low: 0.2, high: 0.3 }, narrow, 0, random), 0.3);
});
