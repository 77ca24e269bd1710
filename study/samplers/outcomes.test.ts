import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepEvent } from '../log.ts';
import { failed, reported, suggested } from '../testing/logs.ts';
import { outcomesOf } from './outcomes.ts';

test('outcomes: in the order of suggestion, each with its losses by rung', () => {
  const log: readonly SweepEvent[] = [
    ...[0, 1, 2, 3].map((trial) => suggested(trial, { x: trial })),
    reported(3, null),
    reported(1, 0.5),
    failed(2),
    { ...reported(1, 0.7), rung: 1 } as SweepEvent,
  ];
  assert.deepEqual(outcomesOf(log, { metric: 'eval/accuracy', direction: 'maximize' }), [
    { trial: 0, assignment: { x: 0 }, losses: [], isHopeless: false },
    { trial: 1, assignment: { x: 1 }, losses: [-0.5, -0.7], isHopeless: false },
    { trial: 2, assignment: { x: 2 }, losses: [], isHopeless: true },
    { trial: 3, assignment: { x: 3 }, losses: [Number.NaN], isHopeless: true },
  ]);
});
