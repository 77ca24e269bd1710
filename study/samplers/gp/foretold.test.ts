import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observations } from '../observations.ts';
import { foretold } from './foretold.ts';

const rung = (losses: Readonly<Record<number, number>>) =>
  Object.entries(losses)
    .map(([trial, loss]) => ({ trial: Number(trial), assignment: { trial: Number(trial) }, loss }))
    .sort((a, b) => a.loss - b.loss);
const of = (...rungs: Observations['rungs']): readonly (readonly [trial: unknown, loss: number, deviation: number])[] =>
  foretold({ rungs, hopeless: [], pending: [] }).map(({ assignment, loss, variance }) => [assignment.trial, loss, Math.sqrt(variance)]);

test('foretold: at one rung each trial has its own loss', () => {
  assert.deepEqual(of(rung({ 0: 3, 1: 1, 2: 2 })), [
    [1, 1, 0],
    [2, 2, 0],
    [0, 3, 0],
  ]);
});

test('foretold: two trials at the next rung are not enough to go by, so all count with what they had below', () => {
  assert.deepEqual(of(rung({ 0: 3, 1: 1, 2: 2 }), rung({ 1: 0.5, 2: 0.6 })), of(rung({ 0: 3, 1: 1, 2: 2 })));
});

test('foretold: those that stopped are carried up by those that went on; by hand', () => {
  // All five spread by a variance of 2, and so pull the slope of 1/2 towards 0.7: (1 + 0.7 · 2) / (2 + 2) = 0.6.
  const [best, second, third, stopped, worst] = of(rung({ 0: 1, 1: 2, 2: 3, 3: 4, 4: 5 }), rung({ 0: 0.5, 1: 1, 2: 1.5 }));
  assert.deepEqual(
    [best, second, third],
    [
      [0, 0.5, 0],
      [1, 1, 0],
      [2, 1.5, 0],
    ],
  );
  // Residuals -0.1, 0 and 0.1 and two of the prior's: (0.02 + 2 · 0.02 · 2) / 5 = 0.02.
  for (const [row, trial, loss] of [
    [stopped!, 3, 1 + 2 * 0.6],
    [worst!, 4, 1 + 3 * 0.6],
  ] as const) {
    assert.equal(row[0], trial);
    assert.ok(Math.abs(row[1] - loss) < 1e-12 && Math.abs(row[2] - Math.sqrt(0.02)) < 1e-12, `${row}`);
  }
});

test('foretold: over two rungs the uncertainty adds up', () => {
  const losses = { 0: 1, 1: 2, 2: 3, 3: 4, 4: 5, 5: 6 };
  const rows = of(rung(losses), rung({ 0: 1, 1: 2, 2: 3, 3: 4 }), rung({ 0: 1, 1: 2, 2: 3 }));
  const deviations = new Map(rows.map(([trial, , deviation]) => [trial, deviation]));
  assert.equal(deviations.get(0), 0);
  assert.ok(0 < deviations.get(3)! && deviations.get(3)! < deviations.get(4)!);
});

test('foretold: equal losses everywhere foretell that loss', () => {
  const even = rung({ 0: 1, 1: 1, 2: 1, 3: 1 });
  assert.deepEqual(
    of(even, even.slice(0, 3)).map(([, loss]) => loss),
    [1, 1, 1, 1],
  );
});
