import assert from 'node:assert/strict';
import { test } from 'node:test';
import { originText, sweepDetails, trialDetails, trialWorkflowId } from './page.ts';
import type { ParetoFront } from './pareto-front.ts';
import { progressOf } from './progress.ts';
import { emptyRung, withClosed, withReport } from './rung.ts';
import { newSweep, type SweepState } from './sweep-state.ts';

const aSweep = (): SweepState => ({
  ...newSweep(
    {
      objectives: [{ metric: 'eval/accuracy', direction: 'maximize' }],
      pruner: { name: 'asha', mode: 'promote', reductionFactor: 3, by: 'firstObjective', direction: 'maximize' },
      rungs: [20, 60],
      numTrials: 6,
      maxFailedTrials: 3,
      finalSeeds: 3,
      baselines: ['headOnly'],
      seed: 1,
    },
    2,
    1000,
  ),
  nextTrial: 4,
  live: [{ trial: 1, state: 'running', rung: 1, purpose: 'search' }],
  rungs: [
    withClosed(
      [-0.5, -0.7, null].reduce((rung, loss, trial) => withReport(rung, trial, [loss]), emptyRung),
      1,
    ),
    emptyRung,
  ],
});

test('the page of a sweep shows progress, best trials and links', () => {
  assert.equal(
    sweepDetails('default.x.1', aSweep()),
    `**search** · 4 of 6 trials · 2 waiting · 0 failed · running: [1](/namespaces/{namespace}/workflows/default.x.1.t00001)

| rung  | steps  | reports |
| --- | --- | --- |
| 0 | 20 | 3 |
| 1 | 60 | 0 |

| best  | trial  | steps  | eval/accuracy |
| --- | --- | --- | --- |
| 1 | [1](/namespaces/{namespace}/workflows/default.x.1.t00001) | 20 | 0.7 |
| 2 | [0](/namespaces/{namespace}/workflows/default.x.1.t00000) | 20 | 0.5 |

[All trials of this sweep](/namespaces/{namespace}/workflows?query=SweepId%3D%22default.x.1%22)`,
  );
});

const front = (trials: number): ParetoFront => ({
  objectives: [
    { metric: 'eval/accuracy', direction: 'maximize' },
    { metric: 'cost/gpuSeconds', direction: 'minimize' },
  ],
  steps: 60,
  trials: Array.from({ length: trials }, (_, trial) => ({
    trial,
    values: { 'eval/accuracy': 0.7123 - trial / 97, 'cost/gpuSeconds': 30 / (trial + 1) },
  })),
});

test('at the end the page of a sweep tells what was found, what to beware of, and what there is to choose from', () => {
  const page = sweepDetails('default.x.1', aSweep(), {
    answer: ['Layers 0–3 can stay frozen.'],
    warnings: ['Rung 0 lies.'],
    front: front(11),
  });
  const [, answer, warning, , told, table] = page.split('\n\n');
  assert.deepEqual([answer, warning], ['Layers 0–3 can stay frozen.', 'Warning: Rung 0 lies.']);
  assert.equal(told, '11 trials are beaten by none in everything, after 60 steps; those with the best eval/accuracy are:');
  assert.equal(
    table?.split('\n').slice(0, 3).join('\n'),
    `| trial\u2003 | eval/accuracy\u2003 | cost/gpuSeconds |
| --- | --- | --- |
| [0](/namespaces/{namespace}/workflows/default.x.1.t00000) | 0.7123 | 30 |`,
  );
  assert.equal(table?.split('\n').length, 2 + 10);
});

test('the page of a sweep that is over stays under 4 kB with a front of long ids and a warning for each rung', () => {
  const id = `default.${'x'.repeat(63)}.12345678`;
  const warning = 'w'.repeat(300);
  const found = { answer: ['a'.repeat(300), 'b'.repeat(300)], warnings: [warning, warning, warning], front: front(100) };
  const page = sweepDetails(id, aSweep(), found);
  assert.ok(Buffer.byteLength(page) < 4096, `${Buffer.byteLength(page)}`);
});

test('the page of a sweep stays under 4 kB with ten best trials of long ids and a thousand that run', () => {
  const many = Array.from({ length: 100 }, (_, trial) => trial).reduce((rung, trial) => withReport(rung, trial, [trial / 7]), emptyRung);
  const id = `default.${'x'.repeat(63)}.12345678`;
  const live = Array.from({ length: 1000 }, (_, trial) => ({ trial, state: 'running', rung: 0, purpose: 'search' }) as const);
  const page = sweepDetails(id, { ...aSweep(), rungs: [many, emptyRung], live });
  assert.ok(Buffer.byteLength(page) < 4096, `${Buffer.byteLength(page)}`);
  assert.match(page, /running: \[0\].*, \[3\]\([^)]*\), 996 more\n/);
});

test('the page of a trial shows its layers, its rung and its last metric', () => {
  const page = {
    trial: 7,
    origin: originText({ by: 'sampler', seen: 9, expectedImprovement: 0.00312 }),
    metric: 'eval/accuracy',
    rungs: [20, 60],
    assignment: { headLearningRate: 0.00123456 },
    layers: [
      { name: 'embeddings', mode: 'frozen' },
      { name: 'head', mode: 'full', learningRate: 0.00123456 },
    ],
  } as const;
  const report = {
    schema: 1,
    trial: 7,
    rung: 0,
    step: 20,
    metrics: { 'eval/accuracy': 0.71 },
    diverged: false,
    cost: { seconds: 1, gpuSeconds: 0 },
    attempt: 1,
    versions: {},
  } as const;
  assert.equal(
    trialDetails(page, 'waiting', report),
    `**waiting** · rung 0 (step 20 of 60), eval/accuracy 0.71 · suggested by the sampler, expected improvement 0.00312

| layers  | mode  | learning rate |
| --- | --- | --- |
| embeddings  | frozen |  |
| head  | full | 1.23e-3 |

| parameter  | value |
| --- | --- |
| headLearningRate  | 0.001235 |`,
  );
});

test('workflow ids sort by trial', () => assert.equal(trialWorkflowId('default.x.1', 42), 'default.x.1.t00042'));

test('progress counts in the terms of the user', () => {
  assert.deepEqual(progressOf(aSweep()), {
    phase: 'search',
    paused: false,
    startedAt: 1000,
    suggested: 4,
    numTrials: 6,
    parallelTrials: 2,
    running: [{ trial: 1, rung: 1 }],
    waiting: 2,
    done: 1,
    failed: 0,
    finals: { started: 0, of: 0 },
    rungs: [
      { steps: 20, reports: 3 },
      { steps: 60, reports: 0 },
    ],
    work: { done: 60, expected: 6 * 20 + 2 * 40 + 2 * 3 * 60 },
    gpuSeconds: 0,
    best: [
      { trial: 1, rung: 0, value: 0.7 },
      { trial: 0, rung: 0, value: 0.5 },
    ],
  });
});
