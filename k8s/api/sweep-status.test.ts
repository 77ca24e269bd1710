import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SweepStatus, sweepStatusSchema } from './sweep-status.ts';

const full: SweepStatus = {
  observedGeneration: 2,
  state: 'Running',
  id: 'research.minilm-sections.1f3a9c2e',
  resultsUri: 's3://sweeps/research/research.minilm-sections.1f3a9c2e',
  startTime: '2026-11-21T20:00:00.000Z',
  completionTime: '2026-11-21T22:00:00.000Z',
  progress: '12/64',
  trials: { total: 64, started: 18, done: 12, running: 4, waiting: 2, failed: 1, finals: 0 },
  gpuHours: 1.25,
  best: 0.912346,
  topTrials: [{ trial: 7, rung: 2, value: 0.912346 }],
  conditions: [
    {
      type: 'Valid',
      status: 'True',
      reason: 'Checked',
      message: 'The spec can run.',
      observedGeneration: 2,
      lastTransitionTime: '2026-11-21T20:00:00.000Z',
    },
  ],
};

test('a status with all of its fields keeps to the schema', () => assert.deepEqual(sweepStatusSchema.parse(full), full));

test('all but its one word may be missing, as before the first look', () => {
  assert.deepEqual(sweepStatusSchema.parse({ state: 'Pending' }), { state: 'Pending' });
});

test('rows per trial beyond the best ten are refused', () => {
  const topTrials = Array.from({ length: 11 }, (_, trial) => ({ trial, rung: 0, value: 1 }));
  assert.equal(sweepStatusSchema.safeParse({ ...full, topTrials }).success, false);
});

test('a condition has a reason', () => {
  const conditions = [{ ...full.conditions![0]!, reason: '' }];
  assert.equal(sweepStatusSchema.safeParse({ ...full, conditions }).success, false);
});
