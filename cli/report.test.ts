import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepEvent } from '../study/log.ts';
import type { Summary } from '../study/summary.ts';
import { suggested } from '../study/testing/logs.ts';
import { trialRows } from '../study/trial-rows.ts';
import { summaryText, trialTable } from './report.ts';

const accuracy = { metric: 'eval/accuracy', direction: 'maximize' } as const;
const summary: Summary = {
  sweep: 'default.x.1',
  outcome: { result: 'succeeded', because: 'allTrialsDone' },
  objective: accuracy,
  best: { trial: 1, assignment: {}, selectionValue: 0.8 },
  counts: { search: 3, failed: 0, reachedTop: 2, finals: 0 },
  cost: { seconds: 60, gpuSeconds: 0 },
  savings: { spent: { seconds: 60, gpuSeconds: 0 }, unpruned: { seconds: 60, gpuSeconds: 0 } },
  wallSeconds: 90,
  heldOut: [],
  verdict: [],
  answer: [],
};

test('warnings of the summary are told', () => {
  assert.match(
    summaryText({ ...summary, warnings: ['Rung 0 misranks.', 'Rung 1 too.'] }, 's3://x'),
    /^Warning: Rung 0 misranks\.\nWarning: Rung 1 too\.$/m,
  );
  assert.doesNotMatch(summaryText(summary, 's3://x'), /Warning/);
});

test('with several objectives the front is told', () => {
  const front = {
    objectives: [accuracy, { metric: 'cost/seconds', direction: 'minimize' } as const],
    steps: 450,
    trials: [
      { trial: 1, values: { 'eval/accuracy': 0.8, 'cost/seconds': 50.123456 } },
      { trial: 12, values: { 'eval/accuracy': 0.7, 'cost/seconds': 30 } },
    ],
  };
  const text = summaryText({ ...summary, front }, 's3://x');
  assert.ok(
    text.includes(`No trial beats these in everything, after 450 steps:
TRIAL  EVAL/ACCURACY  COST/SECONDS
    1  0.8            50.12
   12  0.7            30
`),
    text,
  );
});

test('the table of trials tells where each comes from, and what was expected of it', () => {
  const log = [
    suggested(0, { rate: 0.1 }),
    { ...suggested(1, { rate: 0.2 }), origin: { by: 'sampler', seen: 2, expectedImprovement: 0.00312 } },
    { ...suggested(2, { rate: 0.2 }), purpose: 'final', origin: { by: 'final', of: 1 } },
  ] as readonly SweepEvent[];
  const lines = trialTable(trialRows(log), [{ metric: 'eval/accuracy', direction: 'maximize' }], new Map()).split('\n');
  assert.deepEqual(
    lines.slice(1).map((line) => line.trim().split(/ {2,}/)[1]),
    ['search', 'search, expecting 0.00312', 'trial 1 again'],
  );
});
