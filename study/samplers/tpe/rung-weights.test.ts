import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededStream } from '../../random.ts';
import { rungWeights } from './rung-weights.ts';

const losses = Array.from({ length: 20 }, (_, trial) => trial);
const right = losses.map((loss) => -loss);
const weigh = (...scores: readonly (readonly number[])[]) =>
  rungWeights(scores, losses, seededStream(1, 0)).map((weight) => Number(weight.toFixed(12)));

const cases = [
  { name: 'the one that orders all rightly has all the weight', scores: [losses, right], want: [0, 1] },
  { name: 'models that agree share it', scores: [right, right.map((score) => 2 * score)], want: [0.5, 0.5] },
  { name: 'to say nothing is better than to be wrong', scores: [losses.map(() => 0), losses], want: [1, 0] },
];
for (const { name, scores, want } of cases) {
  test(`rung weights: ${name}`, () => assert.deepEqual(weigh(...scores), want));
}

test('rung weights: who is right more often has more, and the other keeps what chance could have given it', () => {
  const noisy = (size: number) => right.map((score, trial) => score + size * seededStream(size, trial).uniform());
  const [less, more] = weigh(noisy(8), noisy(12));
  assert.ok(less! > 0.5 && more! > 0, `${less} and ${more}`);
  assert.ok(Math.abs(less! + more! - 1) < 1e-9);
});
