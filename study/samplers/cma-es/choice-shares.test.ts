import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learntShares } from './choice-shares.ts';

const cases = [
  { name: 'a quarter of the way to the better half', chosen: [0, 0, 1, 1], weights: [0.6, 0.4, -0.5, -0.5], want: [0.625, 0.375] },
  { name: 'as weights say', chosen: [0, 1, 1, 1], weights: [0.6, 0.4, -0.5, -0.5], want: [0.525, 0.475] },
  { name: 'who had no choice changes nothing', chosen: [undefined, undefined], weights: [1, -1], want: [0.5, 0.5] },
];
for (const { name, chosen, weights, want } of cases) {
  test(`cma-es shares of choices: ${name}`, () => {
    assert.deepEqual(learntShares([0.5, 0.5], chosen, weights, 0).map(rounded), want);
  });
}

test('cma-es shares of choices: none dies out, but what can never be drawn is never drawn', () => {
  let shares: readonly number[] = [0.5, 0.5, 0];
  for (let generation = 0; generation < 50; generation += 1) shares = learntShares(shares, [0], [1], 0.1);
  assert.deepEqual(
    shares.map((share) => Number(share.toFixed(2))),
    [0.95, 0.05, 0],
  );
});

const rounded = (value: number): number => Number(value.toFixed(12));
