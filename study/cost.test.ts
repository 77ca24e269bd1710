import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costMetrics, costSoFar, withCostMetrics } from './cost.ts';
import type { Report } from './trial.ts';

const report: Report = {
  schema: 1,
  trial: 3,
  rung: 1,
  step: 9,
  metrics: { 'eval/loss': 0.5 },
  diverged: false,
  cost: { seconds: 4, gpuSeconds: 3 },
  attempt: 1,
  versions: {},
};

test('reports tell what the trial has cost from its beginning', () => {
  const first = costSoFar(report, { seconds: 0, gpuSeconds: 0 });
  const second = costSoFar(report, first);
  assert.deepEqual(second, { seconds: 8, gpuSeconds: 6 });
  const { metrics } = withCostMetrics(report, second);
  assert.deepEqual(metrics, { 'eval/loss': 0.5, 'cost/seconds': 8, 'cost/gpuSeconds': 6 });
  assert.deepEqual(costMetrics, Object.keys(metrics).slice(1));
});
