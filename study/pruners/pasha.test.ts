import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Rung, withClosed } from '../rung.ts';
import { comparingPrunerContract, prunerContract } from '../testing/pruner-contract.ts';
import { rungsFrom } from '../testing/rungs.ts';
import type { Decision } from '../trial.ts';
import { pasha } from './pasha.ts';

const pruner = pasha({ mode: 'promote', reductionFactor: 2, direction: 'minimize' });
prunerContract('pasha', pruner);
comparingPrunerContract('pasha', pruner);

/** Losses per trial, a rung each; when the ceiling rises, the better half of rung 1 is promoted. */
const cases: readonly { name: string; curves: readonly (readonly (number | null)[])[]; rises: boolean }[] = [
  { name: 'two rungs that rank alike are enough', curves: [[4, 3], [5, 4], [6], [7]], rises: false },
  { name: 'two trials that change places make it rise', curves: [[4, 3], [5, 2], [6], [7]], rises: true },
  { name: 'equal before, so either may be ahead', curves: [[4, 3], [4, 2], [6], [7]], rises: false },
  { name: 'one that diverges changes places', curves: [[4, null], [5, 2], [6, 3], [7]], rises: true },
  { name: 'one report has no order', curves: [[4, 3], [5], [6], [7]], rises: false },
];
for (const { name, curves, rises } of cases) {
  test(`pasha: ${name}`, () => {
    assert.equal(pruner.promotion(closedBelow(rungsFrom(curves, 4), 1))?.rung, rises ? 2 : undefined);
  });
}

test('pasha: who is at the ceiling waits, and is told where it stands', () => {
  const want: Decision = { action: 'pause', reason: { code: 'atCeiling', rank: 2, of: 2, rungs: 2 } };
  assert.deepEqual(pruner.decide(rungsFrom([[4, 3], [5, 4], [6], [7]], 4), 1, 1), want);
});

test('pasha: below the ceiling it is asha', () => {
  const want: Decision = { action: 'continue', reason: { code: 'rankedInTop', rank: 1, of: 2, kept: 1, cut: 1 } };
  assert.deepEqual(pruner.decide(rungsFrom([[2], [1]], 4), 1, 0), want);
});

test('pasha: a rung that was reached stays in use, and the next one comes when it disagrees', () => {
  const settled = [[4, 3, 2], [5, 2, 1], [6], [7]];
  assert.equal(pruner.promotion(closedBelow(rungsFrom(settled, 4), 2)), undefined);
  const disagreeing = [[4, 2, 2], [5, 3, 1], [6], [7]];
  assert.equal(pruner.promotion(closedBelow(rungsFrom(disagreeing, 4), 2))?.rung, 3);
});

test('pasha: changing places within the noise of curves that cross twice does not count', () => {
  // trials 0 and 1 cross twice, and are 1 apart in the end: trials 2 and 3, half as far apart before they changed places, may
  const noisy = [
    [1, 2, 1],
    [2, 1, 2],
    [11, 11, 11.5],
    [11.25, 11.5, 11.25],
  ];
  assert.equal(pruner.promotion(closedBelow(rungsFrom(noisy, 4), 2)), undefined);
  const withoutNoise = noisy.slice(2);
  assert.equal(pruner.promotion(closedBelow(rungsFrom(withoutNoise, 4), 2))?.rung, 3);
});

test('pasha: the ceiling is never above the last rung', () => {
  const rungs = rungsFrom([[4, 3], [5, 2], [6], [7]], 2);
  assert.equal(pruner.promotion(closedBelow(rungs, 1)), undefined);
});

/** As if whoever waits below this rung had been decided about. */
const closedBelow = (rungs: readonly Rung[], rung: number): readonly Rung[] =>
  rungs.map((table, index) => (index < rung ? table.trials.reduce(withClosed, table) : table));
