import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CronSweepStatus, cronSweepStatusSchema } from './cron-sweep-status.ts';

const full: CronSweepStatus = {
  observedGeneration: 3,
  nextScheduleTime: '2026-11-23T02:00:00.000Z',
  lastScheduleTime: '2026-11-22T02:00:00.000Z',
  lastSuccessfulTime: '2026-11-21T04:10:00.000Z',
  active: ['sections-20261122-020000'],
  lastSweep: 'sections-20261122-020000',
  skipped: { overlap: 1, missed: 0 },
  lastBest: 0.901,
  studyBest: { value: 0.912, sweep: 'research.sections-20261120-020000.1f3a9c2e' },
  conditions: [
    {
      type: 'Scheduled',
      status: 'True',
      reason: 'ScheduleUpdated',
      message: 'The schedule in Temporal follows the spec.',
      observedGeneration: 3,
      lastTransitionTime: '2026-11-20T20:00:00.000Z',
    },
  ],
};

test('a status with all of its fields keeps to the schema', () => assert.deepEqual(cronSweepStatusSchema.parse(full), full));

test('nothing is known before the first look', () => assert.deepEqual(cronSweepStatusSchema.parse({}), {}));

test('one row per night is no part of it', () => {
  const active = Array.from({ length: 21 }, (_, night) => `sections-${night}`);
  assert.equal(cronSweepStatusSchema.safeParse({ ...full, active }).success, false);
});
