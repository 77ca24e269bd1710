import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rungsOf } from './rungs.ts';

const cases = [
  { name: 'steps grow by the factor', settings: { minResource: 50, maxResource: 450, reductionFactor: 3 }, want: [50, 150, 450] },
  {
    name: 'the last rung is the whole trial, however near',
    settings: { minResource: 50, maxResource: 460, reductionFactor: 3 },
    want: [50, 150, 450, 460],
  },
  {
    name: 'two rungs when the factor leaps over the end',
    settings: { minResource: 50, maxResource: 100, reductionFactor: 4 },
    want: [50, 100],
  },
  { name: 'many rungs', settings: { minResource: 1, maxResource: 16, reductionFactor: 2 }, want: [1, 2, 4, 8, 16] },
];
for (const { name, settings, want } of cases) {
  test(`rungs: ${name}`, () => assert.deepEqual(rungsOf({ name: 'asha', ...settings }), want));
}

test('rungs: without pruning only the whole trial', () => {
  assert.deepEqual(rungsOf({ name: 'none', minResource: 50, maxResource: 450, reductionFactor: 3 }), [450]);
});
