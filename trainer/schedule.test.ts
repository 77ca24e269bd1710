import assert from 'node:assert/strict';
import test from 'node:test';
import { scheduleAt } from './schedule.ts';

const over = (horizon: number, warmup: number) => Array.from({ length: horizon }, (_, step) => scheduleAt(step, horizon, warmup));

test('up over the warm-up, then down to just above 0', () => {
  assert.deepEqual(over(6, 1 / 3), [1 / 2, 1, 1, 3 / 4, 2 / 4, 1 / 4]);
});

test('without warm-up it starts at the top', () => {
  assert.deepEqual(over(4, 0), [1, 0.75, 0.5, 0.25]);
});

test('warm-up over the whole horizon never comes down', () => {
  assert.deepEqual(over(4, 1), [0.25, 0.5, 0.75, 1]);
});

test('part of a step counts as warm-up', () => {
  assert.deepEqual(over(5, 0.3).slice(0, 3), [0.5, 1, 1]);
});
