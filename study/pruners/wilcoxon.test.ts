import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyRung, type Rung, withReport } from '../rung.ts';
import { comparingPrunerContract, prunerContract } from '../testing/pruner-contract.ts';
import type { Decision, JsonNumber } from '../trial.ts';
import { wilcoxon } from './wilcoxon.ts';

const pruner = wilcoxon({ pThreshold: 0.1 });
prunerContract('wilcoxon', pruner);
comparingPrunerContract('wilcoxon', pruner);

type Told = readonly [loss: JsonNumber, paired?: readonly number[]];
/** About the last of them. */
function decided(told: readonly Told[]): Decision {
  const rung = told.reduce<Rung>((table, [loss, paired], trial) => withReport(table, trial, [loss], paired), emptyRung);
  return pruner.decide([rung, emptyRung], told.length - 1, 0, told.at(-1)![1]);
}

const best = [1, 1, 1, 1, 1, 1];
const above = [2, 3, 4, 5, 6, 7]; // by 1 to 6: the one of 64 choices of signs with the highest rank sum
const cases: readonly { name: string; told: readonly Told[]; want: Decision }[] = [
  {
    name: 'higher on every example',
    told: [
      [1, best],
      [4.5, above],
    ],
    want: {
      action: 'stop',
      reason: { code: 'worseThanBest', rank: 2, of: 2, pairs: 6, best: 0, difference: 3.5, p: 1 / 64, pThreshold: 0.1 },
    },
  },
  {
    name: 'the best so far stays the one to compare with, whoever reported since',
    told: [
      [1, best],
      [9, best],
      [4.5, above],
    ],
    want: {
      action: 'stop',
      reason: { code: 'worseThanBest', rank: 2, of: 3, pairs: 6, best: 0, difference: 3.5, p: 1 / 64, pThreshold: 0.1 },
    },
  },
  {
    name: 'a better one is the one to compare with from then on',
    told: [
      [4.5, above],
      [1, best],
      [5.5, above.map((loss) => loss + 1)],
    ],
    want: {
      action: 'stop',
      reason: { code: 'worseThanBest', rank: 3, of: 3, pairs: 6, best: 1, difference: 4.5, p: 1 / 64, pThreshold: 0.1 },
    },
  },
  {
    name: 'higher on most examples, but lower on average',
    told: [
      [1, best],
      [2, [2, 3, 4, 5, 6, -30]],
    ], // ranks 1 to 5 against 6: 15 of 21 or more in 14 of 64 choices
    want: {
      action: 'continue',
      reason: { code: 'notWorseThanBest', rank: 2, of: 2, pairs: 6, best: 0, difference: -16 / 6, p: 14 / 64, pThreshold: 0.1 },
    },
  },
  {
    name: 'the best of its rung',
    told: [
      [4.5, above],
      [1, best],
    ],
    want: { action: 'continue', reason: { code: 'bestOfRung', of: 2 } },
  },
  {
    name: 'too few examples',
    told: [
      [1, best.slice(1)],
      [4.5, above.slice(1)],
    ],
    want: { action: 'continue', reason: { code: 'tooFewPairs', of: 5, needed: 6 } },
  },
  {
    name: 'other examples',
    told: [
      [1, best],
      [4.5, above.slice(1)],
    ],
    want: { action: 'continue', reason: { code: 'tooFewPairs', of: 0, needed: 6 } },
  },
  { name: 'no examples', told: [[1], [2]], want: { action: 'continue', reason: { code: 'tooFewPairs', of: 0, needed: 6 } } },
  { name: 'NaN', told: [[1, best], [null]], want: { action: 'stop', reason: { code: 'diverged' } } },
];
for (const { name, told, want } of cases) {
  test(`wilcoxon: ${name}`, () => assert.deepEqual(decided(told), want));
}

test('wilcoxon: never stops one whose losses are no higher on average, however small p is', () => {
  const hardly = [...Array.from({ length: 19 }, (_, index) => 1.01 + index / 100), -9]; // nineteen higher, one far lower
  const { action, reason } = decided([
    [1, Array.from({ length: 20 }, () => 1)],
    [2, hardly],
  ]);
  assert.ok(reason.code === 'notWorseThanBest' && reason.p < 0.01, JSON.stringify(reason));
  assert.equal(action, 'continue');
});
