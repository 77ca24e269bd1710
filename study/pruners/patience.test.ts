import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyRung } from '../rung.ts';
import { prunerContract } from '../testing/pruner-contract.ts';
import { aRung } from '../testing/rungs.ts';
import type { Decision, JsonNumber } from '../trial.ts';
import { patience } from './patience.ts';

prunerContract('patience', patience({ patience: 1, minDelta: 0.5 }));

const cases: readonly { name: string; losses: readonly JsonNumber[]; patience: number; minDelta: number; want: Decision }[] = [
  {
    name: 'the first rungs have nothing to be compared with',
    losses: [3, 4],
    patience: 2,
    minDelta: 0,
    want: { action: 'continue', reason: { code: 'tooFewRungs', of: 2, needed: 3 } },
  },
  {
    name: 'better in the last rungs',
    losses: [3, 2, 2.5],
    patience: 2,
    minDelta: 0.75,
    want: { action: 'continue', reason: { code: 'improved', gain: 1, minDelta: 0.75, patience: 2 } },
  },
  {
    name: 'better, but not by enough',
    losses: [3, 2, 2.5],
    patience: 2,
    minDelta: 1,
    want: { action: 'stop', reason: { code: 'notImproved', gain: 1, minDelta: 1, patience: 2 } },
  },
  {
    name: 'the same is not better',
    losses: [3, 3],
    patience: 1,
    minDelta: 0,
    want: { action: 'stop', reason: { code: 'notImproved', gain: 0, minDelta: 0, patience: 1 } },
  },
  {
    name: 'it is measured from the best before, not from the last before',
    losses: [1, 4, 2],
    patience: 1,
    minDelta: 0,
    want: { action: 'stop', reason: { code: 'notImproved', gain: -1, minDelta: 0, patience: 1 } },
  },
  { name: 'NaN ends', losses: [1, null], patience: 2, minDelta: 0, want: { action: 'stop', reason: { code: 'diverged' } } },
];
for (const { name, losses, want, ...settings } of cases) {
  test(`patience: ${name}`, () => {
    const rungs = [...losses.map((loss) => aRung(loss)), emptyRung];
    assert.deepEqual(patience(settings).decide(rungs, 0, losses.length - 1), want);
  });
}
