import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeText } from './outcome.ts';

test('an outcome is told in words', () => {
  assert.equal(outcomeText({ result: 'succeeded', because: 'gpuHoursSpent' }), 'budget.gpuHours is spent');
  assert.equal(outcomeText({ result: 'failed', because: 'noTrialReported', message: 'no trial reported' }), 'no trial reported');
  assert.equal(outcomeText({ result: 'cancelled' }), 'it was cancelled');
});
