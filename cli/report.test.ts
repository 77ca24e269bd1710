import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Summary } from '../study/summary.ts';
import { summaryText } from './report.ts';

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
