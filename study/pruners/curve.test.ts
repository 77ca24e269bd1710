import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparingPrunerContract, prunerContract } from '../testing/pruner-contract.ts';
import { rungsFrom } from '../testing/rungs.ts';
import type { Decision } from '../trial.ts';
import { type CurveSettings, curve } from './curve.ts';

const steps = [1, 4, 16, 64];
const settings: CurveSettings = { minProbability: 0.05, startupTrials: 5, steps, seed: 1, direction: 'minimize' };
prunerContract('curve', curve({ ...settings, startupTrials: 3 }));
comparingPrunerContract('curve', curve({ ...settings, startupTrials: 3 }));

/** Losses c + a / √steps at the first rungs: 1, 1/2, 1/4 and 1/8 of `a` above `c`. */
const falling = (c: number, a: number, rungs = 4): readonly number[] => [1, 2, 4, 8].slice(0, rungs).map((part) => c + a / part);
/** Trials 0 to 4, trained to the end, the best of which ended at 1 + 8 / 8; their curves stray by a last report that is off. */
const finishedWith = (off: readonly number[]): readonly (readonly number[])[] =>
  off.map((error, trial) => falling(1 + trial, 8 * (trial + 1)).with(3, 2 + 2 * trial + error));
const exact = finishedWith([0, 0, 0, 0, 0]);
const strayed = finishedWith([0, 0.5, -0.5, 1, -1]);

function decided(finished: readonly (readonly number[])[], running: readonly number[], change: Partial<CurveSettings> = {}): Decision {
  return curve({ ...settings, ...change }).decide(rungsFrom([...finished, running], 4), finished.length, running.length - 1);
}

test('curve: the exponent is learnt, and a curve that ends above the best ends', () => {
  const { action, reason } = decided(exact, falling(3, 4, 2));
  assert.equal(action, 'stop');
  assert.ok(reason.code === 'unlikelyBest' && reason.probability < 1e-6, JSON.stringify(reason));
  assert.deepEqual([reason.rank, reason.of, reason.best], [2, 6, 2]); // at its rung 5, as trial 0, which came first
  assert.ok(Math.abs(reason.expected - 3.5) < 1e-9, `${reason.expected}`);
});

test('curve: who is behind now and falls faster goes on', () => {
  const { action, reason } = decided(exact, falling(0.5, 11, 2)); // 6 now, against 5 of the best; 1.875 in the end
  assert.equal(action, 'continue');
  assert.ok(reason.code === 'possiblyBest' && reason.probability > 0.99, JSON.stringify(reason));
  assert.ok(Math.abs(reason.expected - 1.875) < 1e-9);
});

test('curve: the errors of the others decide how far from the best is hopeless', () => {
  const slightlyWorse = falling(1.5, 8, 2); // 2.5 in the end, against 2
  const certain = decided(exact, slightlyWorse);
  const doubtful = decided(strayed, slightlyWorse);
  assert.equal(certain.action, 'stop');
  assert.ok(doubtful.reason.code === 'possiblyBest', JSON.stringify(doubtful));
  assert.ok(doubtful.reason.probability > 0.1 && doubtful.reason.probability < 0.5, `${doubtful.reason.probability}`);
  assert.equal(decided(strayed, slightlyWorse, { minProbability: 0.5 }).action, 'stop');
  assert.equal(decided(strayed, falling(9, 8, 2)).action, 'stop');
});

test('curve: the probability is that of Student, by hand for curves that are flat', () => {
  const flat = [0, 0.5, -0.5, 1, -1].map((error, trial) => [2, 2, 2, 2].map((loss, rung) => loss + 2 * trial + (rung === 3 ? error : 0)));
  const { reason } = decided(flat, [2.5, 2.5]);
  assert.ok(reason.code === 'possiblyBest');
  // 0.5 behind; the errors' variance is 0.625, that of one more 1.2 times as much: t² = 1/3 with 4 degrees of freedom
  const want = 0.5 - (Math.sqrt(1 / 3) / Math.sqrt(4 + 1 / 3) / 2) * (1 + (12 / 13) * (1 / 2));
  assert.ok(Math.abs(reason.probability - want) < 1e-9, `${reason.probability} against ${want}`);
});

test('curve: what the others ended above their curves, it is expected to end above its own', () => {
  const above = decided(finishedWith([1, 1, 1, 1, 1.01]), falling(3, 4, 2));
  assert.ok(above.reason.code === 'unlikelyBest');
  assert.ok(above.reason.expected > 3.9, `${above.reason.expected}`);
});

test('curve: a score is told as the user counts it', () => {
  const negated = exact.map((losses) => losses.map((loss) => loss - 10)); // scores of 8 and less
  const running = falling(3, 4, 2).map((loss) => loss - 10);
  const { reason } = decided(negated, running, { direction: 'maximize' });
  assert.ok(reason.code === 'unlikelyBest');
  assert.deepEqual([reason.best, Number(reason.expected.toFixed(6))], [8, 6.5]);
});

const early: readonly { name: string; finished: readonly (readonly number[])[]; running: readonly number[]; want: Decision }[] = [
  {
    name: 'one point has no direction',
    finished: exact,
    running: [99],
    want: { action: 'continue', reason: { code: 'tooFewRungs', of: 1, needed: 2 } },
  },
  {
    name: 'four trials trained to the end are too few',
    finished: exact.slice(1),
    running: [99, 99],
    want: { action: 'continue', reason: { code: 'tooFewFinished', of: 4, needed: 5 } },
  },
  {
    name: 'the best of its rung goes on, wherever its curve leads',
    finished: exact,
    running: [4, 4.5],
    want: { action: 'continue', reason: { code: 'rankedInTop', rank: 1, of: 6, kept: 1, cut: 4.5 } },
  },
];
for (const { name, finished, running, want } of early) {
  test(`curve: ${name}`, () => assert.deepEqual(decided(finished, running), want));
}

test('curve: never fewer than three trials trained to the end, whatever startupTrials says', () => {
  const { reason } = decided(exact.slice(0, 2), [99, 99], { startupTrials: 1 });
  assert.deepEqual(reason, { code: 'tooFewFinished', of: 2, needed: 3 });
});
