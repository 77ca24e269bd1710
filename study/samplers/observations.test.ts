import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepEvent, SweepLog } from '../log.ts';
import { failed, reported, suggested } from '../testing/logs.ts';
import type { JsonNumber } from '../trial.ts';
import { type Observations, observationsOf } from './observations.ts';

const objective = { metric: 'eval/accuracy', direction: 'maximize' } as const;
const at = (trial: number) => ({ x: trial });
const starts = (...trials: readonly number[]): SweepLog => trials.map((trial) => suggested(trial, at(trial)));
const told = (trial: number, rung: number, accuracy: JsonNumber): SweepEvent => ({ ...reported(trial, accuracy), rung }) as SweepEvent;
const diverged = (trial: number): SweepEvent => ({
  type: 'decided',
  at: trial,
  trial,
  rung: 0,
  decision: { action: 'stop', reason: { code: 'diverged' } },
});

const seen = (trial: number, loss: number) => ({ trial, assignment: at(trial), loss });

const cases: readonly { readonly name: string; readonly log: SweepLog; readonly want: Observations }[] = [
  { name: 'nothing yet', log: [], want: { rungs: [], hopeless: [], pending: [] } },
  {
    name: 'trials that have not reported are pending',
    log: [...starts(0, 1), told(0, 0, 0.5)],
    want: { rungs: [[seen(0, -0.5)]], hopeless: [], pending: [at(1)] },
  },
  {
    name: 'more accuracy is better, and of equals who was first',
    log: [...starts(0, 1, 2), told(2, 0, 0.5), told(1, 0, 0.9), told(0, 0, 0.5)],
    want: { rungs: [[seen(1, -0.9), seen(0, -0.5), seen(2, -0.5)]], hopeless: [], pending: [] },
  },
  {
    name: 'failed and diverged trials are worse than all, whatever they had reported',
    log: [
      ...starts(0, 1, 2, 3, 4),
      told(0, 0, 0.1),
      told(1, 0, 0.2),
      told(2, 0, null),
      told(3, 0, 0.9),
      failed(3),
      told(4, 0, 0.9),
      diverged(4),
    ],
    want: { rungs: [[seen(1, -0.2), seen(0, -0.1)]], hopeless: [at(2), at(3), at(4)], pending: [] },
  },
  {
    name: 'a report without the metric is no number',
    log: [...starts(0), { ...told(0, 0, 0.1), metrics: { other: 1 } } as SweepEvent],
    want: { rungs: [], hopeless: [at(0)], pending: [] },
  },
  {
    name: 'rungs are kept apart',
    log: [...starts(0, 1, 2), told(0, 0, 0.6), told(1, 0, 0.5), told(2, 0, 0.4), told(0, 1, 0.7), told(1, 1, 0.8)],
    want: {
      rungs: [
        [seen(0, -0.6), seen(1, -0.5), seen(2, -0.4)],
        [seen(1, -0.8), seen(0, -0.7)],
      ],
      hopeless: [],
      pending: [],
    },
  },
  {
    name: 'final re-trainings teach nothing',
    log: [...starts(0, 1), told(0, 0, 0.5), told(1, 0, 0.6), { ...suggested(2, at(1)), purpose: 'final' } as SweepEvent, told(2, 0, 0.9)],
    want: { rungs: [[seen(1, -0.6), seen(0, -0.5)]], hopeless: [], pending: [] },
  },
];
for (const { name, log, want } of cases) {
  test(`observations: ${name}`, () => assert.deepEqual(observationsOf(log, objective), want));
}
