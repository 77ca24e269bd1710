import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minimize } from './minimize.ts';

const free = { lower: Float64Array.of(-10, -10), upper: Float64Array.of(10, 10) };
const rosenbrock = ([x = 0, y = 0]: Float64Array) => ({
  value: 100 * (y - x * x) ** 2 + (1 - x) ** 2,
  gradient: Float64Array.of(-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)),
});

test('minimize: along the bent valley of Rosenbrock to its end', () => {
  const { x, value } = minimize(rosenbrock, Float64Array.of(-1.2, 1), free, 100);
  assert.ok(Math.abs(x[0]! - 1) < 1e-4 && Math.abs(x[1]! - 1) < 1e-4, `${x}`);
  assert.ok(value < 1e-8);
});

test('minimize: stays in the box, and finds the lowest point of its edge', () => {
  const { x } = minimize(rosenbrock, Float64Array.of(-1.2, 1), { lower: free.lower, upper: Float64Array.of(0.5, 10) }, 100);
  assert.ok(Math.abs(x[0]! - 0.5) < 1e-6 && Math.abs(x[1]! - 0.25) < 1e-4, `${x}`);
});

test('minimize: never ends above where it began, where the function is not a number or has no slope either', () => {
  const start = Float64Array.of(1, 2);
  const nan = { value: Number.NaN, gradient: Float64Array.of(Number.NaN, Number.NaN) };
  assert.deepEqual(minimize(() => nan, start, free, 10).x, start);
  assert.deepEqual(
    minimize(() => ({ value: 1, gradient: new Float64Array(2) }), start, free, 10),
    { x: start, value: 1 },
  );
  for (const steps of [0, 1, 2, 5]) {
    assert.ok(minimize(rosenbrock, Float64Array.of(-1.2, 1), free, steps).value <= rosenbrock(Float64Array.of(-1.2, 1)).value);
  }
});
