import assert from 'node:assert/strict';
import test from 'node:test';
import { classScores, majorityAccuracy, numberScores } from './metrics.ts';

/** Logits that give each text its label without doubt: (texts, labels). */
function answering(answers: readonly number[], labels: number): Float32Array {
  return Float32Array.from(answers.flatMap((answer) => Array.from({ length: labels }, (_, label) => (label === answer ? 50 : 0))));
}

function near(got: number, want: number): void {
  assert.ok(Math.abs(got - want) < 1e-9, `${got}, not ${want}`);
}

test('two labels, worked by hand', () => {
  // truth 1 1 1 0 0, answers 1 1 0 0 1: TP 2, FN 1, TN 1, FP 1
  const { accuracy, macro_f1, mcc } = classScores(answering([1, 1, 0, 0, 1], 2), [1, 1, 1, 0, 0], 2);
  near(accuracy, 3 / 5);
  near(macro_f1, (4 / 6 + 2 / 4) / 2);
  near(mcc, (2 * 1 - 1 * 1) / Math.sqrt(3 * 3 * 2 * 2));
});

test('three labels, one of them neither asked for nor given', () => {
  // label 0: 2 hits of 2 true, 3 given; label 1: 1 hit of 2 true, 1 given; label 2 is left out
  const { accuracy, macro_f1, mcc } = classScores(answering([0, 0, 1, 0], 3), [0, 0, 1, 1], 3);
  near(accuracy, 3 / 4);
  near(macro_f1, (4 / 5 + 2 / 3) / 2);
  near(mcc, (3 * 4 - (2 * 3 + 2 * 1)) / Math.sqrt((16 - 10) * (16 - 8)));
});

test('one answer for everything has no correlation', () => {
  assert.equal(classScores(answering([1, 1, 1], 2), [0, 1, 1], 2).mcc, 0);
});

test('the loss is the mean cross-entropy, also of large logits', () => {
  near(classScores(Float32Array.of(0, 0, 0, 0), [0, 1], 2).loss, Math.log(2));
  near(classScores(Float32Array.of(1000, 999), [1], 2).loss, Math.log(1 + Math.E));
});

test('no number in, no number out', () => {
  assert.ok(Number.isNaN(classScores(Float32Array.of(NaN, 0), [0], 2).loss));
});

test('the majority answers the commonest label of the training data', () => {
  assert.equal(majorityAccuracy([2, 0, 2], [2, 2, 1, 0], 3), 0.5);
});

test('numbers, worked by hand: ties share a rank', () => {
  // ranks of the answers 0, 1.5, 1.5, 3 and of the truth 0, 1, 2, 3: covariance 4.5, spreads 4.5 and 5
  const { pearson, spearman, loss } = numberScores(Float32Array.of(1, 2, 2, 4), [0, 2, 3, 4]);
  near(pearson, 5.75 / Math.sqrt(4.75 * 8.75));
  near(spearman, 4.5 / Math.sqrt(4.5 * 5));
  near(loss, (1 + 0 + 1 + 0) / 4);
});

test('one number for everything has no correlation', () => {
  const { pearson, spearman } = numberScores(Float32Array.of(1, 1), [0, 2]);
  assert.deepEqual([pearson, spearman], [0, 0]);
});
