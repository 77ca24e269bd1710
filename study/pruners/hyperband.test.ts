import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyRung, type Rung, withClosed } from '../rung.ts';
import { comparingPrunerContract, prunerContract } from '../testing/pruner-contract.ts';
import { aRung } from '../testing/rungs.ts';
import type { Decision } from '../trial.ts';
import { bracketSizes, hyperband } from './hyperband.ts';

const promote = hyperband({ mode: 'promote', reductionFactor: 3, by: 'firstObjective', direction: 'minimize' });
const stop = hyperband({ mode: 'stop', reductionFactor: 3, by: 'firstObjective', direction: 'minimize' });
for (const [mode, pruner] of Object.entries({ promote, stop })) {
  prunerContract(`hyperband ${mode}`, pruner);
  comparingPrunerContract(`hyperband ${mode}`, pruner);
}

test('hyperband: brackets have the sizes of the paper', () => {
  assert.deepEqual(bracketSizes(4, 3), [27, 12, 6, 4]); // R = 27, η = 3
  assert.deepEqual(bracketSizes(5, 3), [81, 34, 15, 8, 5]); // R = 81, η = 3: table 1
  assert.deepEqual(bracketSizes(1, 3), [1]);
});

/** The bracket of a trial is told when it reports at the lowest rung: there only bracket 0 compares. */
function bracketOf(trial: number): number {
  const lowest: Rung = { trials: [trial], losses: [1], closed: [] };
  const { reason } = stop.decide([lowest, emptyRung, emptyRung, emptyRung], trial, 0);
  return reason.code === 'belowBracket' ? reason.from : 0;
}

test('hyperband: trials are spread over the brackets by their numbers, from the first few on', () => {
  // the fraction of trial · 0.618…, times 49, against 27, 39, 45 and 49: 0, 30.3, 11.6, 41.8, 23.1, 4.4, 34.7, 16.0, 46.3
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map(bracketOf), [0, 1, 0, 2, 0, 0, 1, 0, 3]);
  const counts = [0, 0, 0, 0];
  for (let trial = 0; trial < 490; trial += 1) counts[bracketOf(trial)]! += 1;
  for (const [bracket, share] of [270, 120, 60, 40].entries()) assert.ok(Math.abs(counts[bracket]! - share) <= 3, `${counts}`);
});

// trials 0, 2, 4, 5, 7 are of bracket 0; 1 and 6 of bracket 1; 3 of bracket 2
const cases: readonly { name: string; pruner: typeof stop; rungs: readonly Rung[]; trial: number; rung: number; want: Decision }[] = [
  {
    name: 'below its bracket the worst goes on',
    pruner: stop,
    rungs: [aRung(1, 9, 1, 1), emptyRung, emptyRung, emptyRung],
    trial: 1,
    rung: 0,
    want: { action: 'continue', reason: { code: 'belowBracket', from: 1 } },
  },
  {
    name: 'it ranks among its own bracket only',
    pruner: stop,
    rungs: [aRung(3, 0, 2, 0, 1), emptyRung, emptyRung, emptyRung],
    trial: 4,
    rung: 0,
    want: { action: 'continue', reason: { code: 'rankedInTop', rank: 1, of: 3, kept: 1, cut: 1 } },
  },
  {
    name: 'not among the best of its bracket',
    pruner: stop,
    rungs: [aRung(3, 9, 2, 9, 5), emptyRung, emptyRung, emptyRung],
    trial: 4,
    rung: 0,
    want: { action: 'stop', reason: { code: 'rankedBelowTop', rank: 3, of: 3, kept: 1, cut: 2 } },
  },
  {
    name: 'from the rung of its bracket on it waits with its like',
    pruner: promote,
    rungs: [aRung(1, 1, 1, 1), aRung(5, 1, 5, 5), emptyRung, emptyRung],
    trial: 1,
    rung: 1,
    want: { action: 'pause', reason: { code: 'rungTooSmall', of: 1, needed: 3 } },
  },
  {
    name: 'NaN ends below its bracket too',
    pruner: promote,
    rungs: [aRung(1, null), emptyRung, emptyRung, emptyRung],
    trial: 1,
    rung: 0,
    want: { action: 'stop', reason: { code: 'diverged' } },
  },
];
for (const { name, pruner, rungs, trial, rung, want } of cases) {
  test(`hyperband: ${name}`, () => assert.deepEqual(pruner.decide(rungs, trial, rung), want));
}

test('hyperband: of the trials that have earned a promotion the one nearest to its end goes first', () => {
  const low = withClosed(withClosed(aRung(3, 9, 2, 9, 1), 1), 3); // 4 is the best of bracket 0; 1 and 3 went on
  const reported = { trials: [1, 6, 9], losses: [4, 5, 3], closed: [] }; // all of bracket 1: 9 · 0.618… = 5.562, 27.5 of 49
  assert.deepEqual(promote.promotion([low, emptyRung, emptyRung, emptyRung]), {
    trial: 4,
    rung: 1,
    reason: { code: 'rankedInTop', rank: 1, of: 3, kept: 1, cut: 1 },
  });
  assert.deepEqual(promote.promotion([low, reported, emptyRung, emptyRung]), {
    trial: 9,
    rung: 2,
    reason: { code: 'rankedInTop', rank: 1, of: 3, kept: 1, cut: 3 },
  });
});
