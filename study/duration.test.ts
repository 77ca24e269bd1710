import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from './duration.ts';

test('durations add up their units', () => {
  const texts = ['8h', '90m', '30s', '1h30m', '2d1h1m1s'];
  assert.deepEqual(texts.map(durationMs), [28_800_000, 5_400_000, 30_000, 5_400_000, 176_461_000]);
});
