import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepEvent } from '../log.ts';
import { bestOverTime } from './best-over-time.ts';

const objectives = [{ metric: 'eval/loss', direction: 'minimize' }] as const;

const suggested = (trial: number, purpose: 'search' | 'final' = 'search'): SweepEvent => ({
  type: 'suggested',
  at: 0,
  trial,
  purpose,
  origin: { by: 'sampler', seen: 0 },
  seed: 0,
  assignment: {},
});
const reported = (at: number, trial: number, rung: number, loss: number | null): SweepEvent => ({
  type: 'reported',
  at,
  trial,
  rung,
  step: 1,
  metrics: { 'eval/loss': loss },
  cost: { seconds: 1, gpuSeconds: 1 },
});

test('the best so far: a higher rung counts more than any loss, then the loss, then who came first', () => {
  const log = [
    ...[0, 1, 2, 3].map((trial) => suggested(trial)),
    reported(1, 0, 0, null),
    reported(2, 1, 0, 0.5),
    reported(3, 2, 0, 0.5),
    reported(4, 3, 0, 0.4),
    reported(5, 1, 1, 0.9),
    reported(6, 2, 1, 0.8),
    reported(7, 0, 0, 0.1),
  ];
  assert.deepEqual(bestOverTime(log, objectives), [
    { at: 2, trial: 1, rung: 0, loss: 0.5 },
    { at: 4, trial: 3, rung: 0, loss: 0.4 },
    { at: 5, trial: 1, rung: 1, loss: 0.9 },
    { at: 6, trial: 2, rung: 1, loss: 0.8 },
  ]);
});

test('the best so far: one that diverges is no longer the best', () => {
  const log = [suggested(0), suggested(1), reported(1, 0, 0, 0.1), reported(2, 1, 0, 0.5), reported(3, 0, 1, null)];
  assert.deepEqual(
    bestOverTime(log, objectives).map(({ at, trial }) => [at, trial]),
    [
      [1, 0],
      [3, 1],
    ],
  );
});

test('the best so far: final re-trainings do not count', () => {
  const log = [suggested(0), suggested(1, 'final'), reported(1, 0, 0, 0.5), reported(2, 1, 0, 0.1)];
  assert.deepEqual(bestOverTime(log, objectives), [{ at: 1, trial: 0, rung: 0, loss: 0.5 }]);
});
