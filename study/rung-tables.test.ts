import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepEvent } from './log.ts';
import { reportsOf, rungTables } from './rung-tables.ts';
import type { JsonNumber, Purpose } from './trial.ts';

const suggested = (trial: number, purpose: Purpose): SweepEvent => ({
  type: 'suggested',
  at: 0,
  trial,
  purpose,
  origin: { by: 'sampler', seen: 0 },
  seed: 0,
  assignment: {},
});
const reported = (trial: number, rung: number, accuracy: JsonNumber, seconds: number): SweepEvent => ({
  type: 'reported',
  at: 0,
  trial,
  rung,
  step: 1,
  metrics: { 'eval/accuracy': accuracy, 'cost/seconds': seconds },
  cost: { seconds: 1, gpuSeconds: 0 },
});

const log = [
  suggested(0, 'search'),
  suggested(1, 'search'),
  reported(1, 0, 0.5, 10),
  reported(1, 1, null, 30.00000001),
  reported(0, 0, 0.7, 20),
  suggested(2, 'final'),
  reported(2, 0, 0.9, 30),
];

test('rung tables of a log are those of the search: losses in order of arrival, an objective each', () => {
  const tables = rungTables(reportsOf(log, 'search'), [
    { metric: 'eval/accuracy', direction: 'maximize' },
    { metric: 'cost/seconds', direction: 'minimize' },
  ]);
  assert.deepEqual(tables, [
    { trials: [1, 0], losses: [-0.5, -0.7], others: [[10, 20]], closed: [] },
    { trials: [1], losses: [null], others: [[30]], closed: [] },
  ]);
});

test('final trials report apart', () => {
  assert.deepEqual(
    reportsOf(log, 'final').map(({ trial }) => trial),
    [2],
  );
});
