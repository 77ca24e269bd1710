import assert from 'node:assert/strict';
import { test } from 'node:test';
import reference from './fixtures/reference.json' with { type: 'json' };
import { logExpectedImprovement } from './log-expected-improvement.ts';

for (const { best, mean, deviation, ...want } of reference.logExpectedImprovement) {
  test(`log expected improvement on ${best} of ${mean} ± ${deviation}: to twelve digits, as mpmath has it with sixty`, () => {
    const got = logExpectedImprovement(best, mean, deviation);
    for (const field of ['value', 'byMean', 'byDeviation'] as const) {
      const error = Math.abs(got[field] - want[field]);
      assert.ok(error <= 1e-12 * Math.max(1e-3, Math.abs(want[field])), `${field}: ${got[field]}, not ${want[field]}`);
    }
  });
}
