import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestTrials } from './best.ts';
import { emptyRung, type Rung, withReport } from './rung.ts';
import type { JsonNumber } from './trial.ts';

type Reports = readonly (readonly [trial: number, ...losses: readonly JsonNumber[]])[];

const aTable = (reports: Reports): Rung => reports.reduce((rung, [trial, ...losses]) => withReport(rung, trial, losses), emptyRung);

const cases: readonly { name: string; rungs: readonly Reports[]; want: readonly number[] }[] = [
  { name: 'nothing reported', rungs: [[], []], want: [] },
  {
    name: 'a higher rung counts more than any loss',
    rungs: [
      [
        [0, 0.1],
        [1, 0.2],
      ],
      [[1, 0.9]],
    ],
    want: [1, 0],
  },
  {
    name: 'of equal losses the one that came first',
    rungs: [
      [
        [3, 0.5],
        [1, 0.5],
        [2, 0.4],
      ],
    ],
    want: [2, 3, 1],
  },
  {
    name: 'of equal first losses the one with the better next objective',
    rungs: [
      [
        [0, 0.5, 9],
        [1, 0.5, 7],
        [2, 0.4, 9],
      ],
    ],
    want: [2, 1, 0],
  },
  {
    name: 'one that diverged later is none of the best, however good it was',
    rungs: [
      [
        [0, 0.1],
        [1, 0.2],
      ],
      [[0, null]],
    ],
    want: [1],
  },
];
for (const { name, rungs, want } of cases) {
  test(`best trials: ${name}`, () => {
    const best = bestTrials({ rungs: rungs.map(aTable) }, 10);
    assert.deepEqual(
      best.map(({ trial }) => trial),
      want,
    );
  });
}

test('best trials: no more than asked for', () => {
  const rungs = [
    aTable([
      [0, 3],
      [1, 1],
      [2, 2],
    ]),
  ];
  assert.deepEqual(bestTrials({ rungs }, 2), [
    { trial: 1, loss: 1, rank: 1, rung: 0 },
    { trial: 2, loss: 2, rank: 2, rung: 0 },
  ]);
});
