import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyRung, type Rung, withReport } from '../rung.ts';
import { comparingPrunerContract, prunerContract } from '../testing/pruner-contract.ts';
import { aRung } from '../testing/rungs.ts';
import type { Decision, JsonNumber } from '../trial.ts';
import { median } from './median.ts';
import { percentile } from './percentile.ts';

const lower = { startupTrials: 4, direction: 'minimize' } as const;
const quarter = percentile({ ...lower, percentile: 25 });
const half = median(lower);
for (const [name, pruner] of Object.entries({ 'percentile 25': quarter, median: half })) {
  prunerContract(name, pruner);
  comparingPrunerContract(name, pruner);
}

/** Trials 0 to 3 had these losses at rung 1 and were trained to the end; trial 4 has reported its own at rungs 0 and 1. */
function rungsOf(others: readonly JsonNumber[], own: readonly [JsonNumber, JsonNumber]): readonly Rung[] {
  return [withReport(aRung(9, 9, 9, 9), 4, [own[0]]), withReport(aRung(...others), 4, [own[1]]), aRung(1, 1, 1, 1)];
}

const cases: readonly { name: string; pruner: typeof half; rungs: readonly Rung[]; want: Decision }[] = [
  {
    name: 'the median is not the mean: 2.5 of 1, 2, 3 and 100',
    pruner: half,
    rungs: rungsOf([1, 2, 3, 100], [9, 2.6]),
    want: { action: 'stop', reason: { code: 'beyondPercentile', rank: 3, of: 5, percentile: 50, cut: 2.5 } },
  },
  {
    name: 'a loss equal to the cut goes on',
    pruner: half,
    rungs: rungsOf([1, 2, 3, 100], [9, 2.5]),
    want: { action: 'continue', reason: { code: 'withinPercentile', rank: 3, of: 5, percentile: 50, cut: 2.5 } },
  },
  {
    name: 'the best value so far counts, not the last',
    pruner: half,
    rungs: rungsOf([1, 2, 3, 100], [2, 50]),
    want: { action: 'continue', reason: { code: 'withinPercentile', rank: 3, of: 5, percentile: 50, cut: 2.5 } },
  },
  {
    name: 'the best quarter ends at 1.75 of 1, 2, 3 and 4', // place (4 - 1) · 0.25 = 0.75 between 1 and 2
    pruner: quarter,
    rungs: rungsOf([4, 3, 2, 1], [9, 1.8]),
    want: { action: 'stop', reason: { code: 'beyondPercentile', rank: 2, of: 5, percentile: 25, cut: 1.75 } },
  },
  {
    name: 'equal neighbours give themselves',
    pruner: percentile({ ...lower, percentile: 90 }),
    rungs: rungsOf([0.7, 0.7, 0.7, 0.7], [9, 0.7]),
    want: { action: 'continue', reason: { code: 'withinPercentile', rank: 5, of: 5, percentile: 90, cut: 0.7 } },
  },
  {
    name: 'of an objective to maximise the cut is told as the user counts',
    pruner: median({ startupTrials: 4, direction: 'maximize' }),
    rungs: rungsOf([-0.5, -0.5, -0.75, -0.75], [9, -0.5]),
    want: { action: 'stop', reason: { code: 'beyondPercentile', rank: 5, of: 5, percentile: 50, cut: 0.625 } },
  },
  {
    name: 'too few were trained to the end',
    pruner: median({ ...lower, startupTrials: 5 }),
    rungs: rungsOf([1, 2, 3, 4], [9, 9]),
    want: { action: 'continue', reason: { code: 'tooFewFinished', of: 4, needed: 5 } },
  },
  {
    name: 'one that came to a NaN at the top was not trained to the end',
    pruner: half,
    rungs: rungsOf([1, 2, 3, 4], [9, 9]).with(2, aRung(1, 1, 1, null)),
    want: { action: 'continue', reason: { code: 'tooFewFinished', of: 3, needed: 4 } },
  },
  {
    name: 'NaN ends, however good it was before',
    pruner: half,
    rungs: rungsOf([1, 2, 3, 4], [0, null]),
    want: { action: 'stop', reason: { code: 'diverged' } },
  },
];
for (const { name, pruner, rungs, want } of cases) {
  test(`percentile: ${name}`, () => assert.deepEqual(pruner.decide(rungs, 4, 1), want));
}

test('percentile: trials on their way are no measure', () => {
  assert.deepEqual(half.decide([aRung(1, 2, 3, 4, 5), emptyRung], 4, 0), {
    action: 'continue',
    reason: { code: 'tooFewFinished', of: 0, needed: 4 },
  });
});
