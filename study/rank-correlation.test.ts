import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { kendallTau, rankWarnings } from './rank-correlation.ts';
import { emptyRung, type Rung, withReport } from './rung.ts';

const taus: readonly { name: string; losses: readonly number[]; others: readonly number[]; want: number | undefined }[] = [
  { name: 'the same order', losses: [1, 2, 3, 4], others: [10, 20, 30, 99], want: 1 },
  { name: 'the order turned round', losses: [1, 2, 3, 4], others: [4, 3, 2, 1], want: -1 },
  { name: 'one of six pairs turned round', losses: [1, 2, 3, 4], others: [1, 2, 4, 3], want: 4 / 6 },
  // 8 of the 10 pairs differ on the one side, 9 on the other; 2 are alike, 6 contrary: (2 - 6) / √(8 · 9), the example of scipy's manual
  { name: 'ties', losses: [12, 2, 1, 12, 2], others: [1, 4, 7, 1, 0], want: -0.47140452079103173 },
  { name: 'NaN is the worst', losses: [1, 2, NaN], others: [5, 6, 7], want: 1 },
  { name: 'no order', losses: [1, 1, 1], others: [1, 2, 3], want: undefined },
  { name: 'nothing', losses: [], others: [], want: undefined },
];
for (const { name, losses, others, want } of taus) {
  test(`kendall's tau: ${name}`, () => {
    const tau = kendallTau(losses, others);
    assert.equal(tau?.toFixed(12), want?.toFixed(12));
  });
}

test("property: kendall's tau is from -1 to 1, the same both ways, and turns its sign with one side", () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })), { maxLength: 20 });
  fc.assert(
    fc.property(pairs, (values) => {
      const losses = values.map(([loss]) => loss);
      const others = values.map(([, other]) => other);
      const tau = kendallTau(losses, others);
      assert.equal(kendallTau(others, losses), tau);
      if (tau === undefined) return;
      assert.ok(Math.abs(tau) <= 1 + 1e-12);
      const turned = kendallTau(
        losses,
        others.map((other) => -other),
      );
      assert.ok(Math.abs(tau + turned!) < 1e-12);
    }),
  );
});

test("kendall's tau: rankings of different lengths are refused", () => {
  assert.throws(() => kendallTau([1], [1, 2]), { name: 'RangeError', message: 'rankings differ: 1 and 2 trials' });
});

/** The tables of trials 0, 1, 2 … from their losses rung by rung. */
function tablesOf(...curves: readonly (readonly number[])[]): readonly Rung[] {
  const height = Math.max(0, ...curves.map(({ length }) => length));
  return Array.from({ length: height }, (_, rung) =>
    curves.reduce((table, curve, trial) => (rung < curve.length ? withReport(table, trial, [curve[rung]!]) : table), emptyRung),
  );
}

const steps = [50, 100, 150];
const turned = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7].map((value) => [value, 0.9 - value, 0.9 - value]);

test('a rung that ranks contrary to the last one is told, one that ranks alike is not', () => {
  // noise of 7 trials: 2 · √(2 · 19 / (9 · 7 · 6)) = 0.634
  assert.deepEqual(rankWarnings(tablesOf(...turned), steps), [
    "Rung 0 (50 steps) hardly ranks trials as the last rung does: Kendall's tau -1.00 (noise 0.63) over the 7 trials that reached both. " +
      'Its comparisons may have ended good trials: raise minResource, or take the pruner hyperband or none.',
  ]);
});

const quiet: readonly { name: string; rungs: readonly Rung[] }[] = [
  { name: 'nothing reported', rungs: [] },
  { name: 'one rung only', rungs: tablesOf(...turned.map(([value]) => [value!])) },
  { name: 'too few trials came to the end', rungs: tablesOf(...turned.map((curve, trial) => (trial < 5 ? curve : curve.slice(0, 2)))) },
  // 10 of the 21 pairs are contrary: tau is 1 / 21 = 0.05, and 0.4 is within its noise of 0.63
  { name: 'worse than enough, but within noise', rungs: tablesOf(...[5, 4, 3, 2, 1, 6, 7].map((place, trial) => [trial, place])) },
];
for (const { name, rungs } of quiet) {
  test(`no warning: ${name}`, () => assert.deepEqual(rankWarnings(rungs, steps), []));
}
