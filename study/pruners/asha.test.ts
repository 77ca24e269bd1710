import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyRung, type Rung, withClosed, withReport } from '../rung.ts';
import { comparingPrunerContract, prunerContract } from '../testing/pruner-contract.ts';
import { aRung } from '../testing/rungs.ts';
import type { Decision } from '../trial.ts';
import { asha } from './asha.ts';

const promote = asha({ mode: 'promote', reductionFactor: 3, by: 'firstObjective', direction: 'minimize' });
const delayed = asha({ mode: 'delayedPromote', reductionFactor: 3, by: 'firstObjective', direction: 'minimize' });
const stop = asha({ mode: 'stop', reductionFactor: 3, by: 'firstObjective', direction: 'minimize' });
const byAll = asha({ mode: 'promote', reductionFactor: 3, by: 'nonDominatedRank', direction: 'minimize' });
for (const [mode, pruner] of Object.entries({ promote, delayed, stop, byAll })) {
  prunerContract(`asha ${mode}`, pruner);
  comparingPrunerContract(`asha ${mode}`, pruner);
}

const cases: readonly { name: string; pruner: typeof promote; rung: Rung; trial: number; want: Decision }[] = [
  {
    name: 'the best third goes on',
    pruner: promote,
    rung: aRung(2, 3, 1),
    trial: 2,
    want: { action: 'continue', reason: { code: 'rankedInTop', rank: 1, of: 3, kept: 1, cut: 1 } },
  },
  {
    name: 'the others wait',
    pruner: promote,
    rung: aRung(1, 3, 2),
    trial: 2,
    want: { action: 'pause', reason: { code: 'rankedBelowTop', rank: 2, of: 3, kept: 1, cut: 1 } },
  },
  {
    name: 'two reports are too few to promote',
    pruner: promote,
    rung: aRung(2, 1),
    trial: 1,
    want: { action: 'pause', reason: { code: 'rungTooSmall', of: 2, needed: 3 } },
  },
  {
    name: 'NaN never waits for promotion',
    pruner: promote,
    rung: aRung(null),
    trial: 0,
    want: { action: 'stop', reason: { code: 'diverged' } },
  },
  {
    name: 'equal losses rank by arrival',
    pruner: promote,
    rung: aRung(1, 1, 1),
    trial: 2,
    want: { action: 'pause', reason: { code: 'rankedBelowTop', rank: 3, of: 3, kept: 1, cut: 1 } },
  },
  {
    name: 'NaN ranks last',
    pruner: promote,
    rung: aRung(null, null, 5),
    trial: 2,
    want: { action: 'continue', reason: { code: 'rankedInTop', rank: 1, of: 3, kept: 1, cut: 5 } },
  },
  {
    name: 'delayed: the best third goes on',
    pruner: delayed,
    rung: aRung(2, 3, 1),
    trial: 2,
    want: { action: 'continue', reason: { code: 'rankedInTop', rank: 1, of: 3, kept: 1, cut: 1 } },
  },
  {
    name: 'delayed: the best waits when the share of its rung has gone on',
    pruner: delayed,
    rung: withClosed(aRung(2, 3, 4, 1), 0),
    trial: 3,
    want: { action: 'pause', reason: { code: 'promotionDelayed', rank: 1, of: 4, kept: 1, promoted: 1 } },
  },
  {
    name: 'delayed: one that diverged has not gone on',
    pruner: delayed,
    rung: withClosed(aRung(null, 3, 1), 0),
    trial: 2,
    want: { action: 'continue', reason: { code: 'rankedInTop', rank: 1, of: 3, kept: 1, cut: 1 } },
  },
  {
    name: 'stop: the first arrivals go on',
    pruner: stop,
    rung: aRung(2, 1),
    trial: 1,
    want: { action: 'continue', reason: { code: 'rungTooSmall', of: 2, needed: 3 } },
  },
  {
    name: 'stop: the best third goes on',
    pruner: stop,
    rung: aRung(2, 3, 1),
    trial: 2,
    want: { action: 'continue', reason: { code: 'rankedInTop', rank: 1, of: 3, kept: 1, cut: 1 } },
  },
  {
    name: 'stop: the others end',
    pruner: stop,
    rung: aRung(1, 3, 2),
    trial: 2,
    want: { action: 'stop', reason: { code: 'rankedBelowTop', rank: 2, of: 3, kept: 1, cut: 1 } },
  },
  { name: 'stop: NaN ends', pruner: stop, rung: aRung(1, 3, null), trial: 2, want: { action: 'stop', reason: { code: 'diverged' } } },
];
for (const { name, pruner, rung, trial, want } of cases) {
  test(`asha: ${name}`, () => assert.deepEqual(pruner.decide([rung, emptyRung], trial, 0), want));
}

test('asha: the best waiting trial of the highest rung is promoted first', () => {
  const low = withClosed(withClosed(withClosed(aRung(1, 2, 3, 4, 5, 6, 7, 8, 9), 0), 1), 2);
  const middle = aRung(3, 2, 1);
  assert.deepEqual(promote.promotion([low, middle, emptyRung]), {
    trial: 2,
    rung: 2,
    reason: { code: 'rankedInTop', rank: 1, of: 3, kept: 1, cut: 1 },
  });
  assert.deepEqual(promote.promotion([aRung(2, 1, 3), emptyRung, emptyRung]), {
    trial: 1,
    rung: 1,
    reason: { code: 'rankedInTop', rank: 1, of: 3, kept: 1, cut: 1 },
  });
});

test('asha: nothing is promoted from the top rung, twice, for NaN, or in stop mode', () => {
  assert.equal(promote.promotion([withClosed(aRung(1, 2, 3), 0), aRung(1)]), undefined);
  assert.equal(promote.promotion([aRung(null, null, null), emptyRung]), undefined);
  assert.equal(promote.promotion([aRung(1, 2), emptyRung]), undefined);
  assert.equal(stop.promotion([aRung(1, 2, 3), emptyRung]), undefined);
});

test('asha: with several objectives what nothing beats in everything goes on', () => {
  const fronts = asha({ mode: 'stop', reductionFactor: 2, by: 'nonDominatedRank', direction: 'minimize' });
  const rung = [
    [1, 9],
    [5, 5],
    [6, 6],
    [7, 1],
  ].reduce<Rung>((table, losses, trial) => withReport(table, trial, losses), emptyRung);
  const decide = (trial: number) => fronts.decide([rung, emptyRung], trial, 0);
  assert.deepEqual(decide(0), { action: 'continue', reason: { code: 'rankedInTop', rank: 1, of: 4, kept: 2 } });
  assert.deepEqual(decide(3), { action: 'continue', reason: { code: 'rankedInTop', rank: 2, of: 4, kept: 2 } });
  assert.deepEqual(decide(2), { action: 'stop', reason: { code: 'rankedBelowTop', rank: 4, of: 4, kept: 2 } });
  const unknown = withReport(rung, 4, [0, null]);
  assert.deepEqual(fronts.decide([unknown, emptyRung], 4, 0), { action: 'stop', reason: { code: 'diverged' } });
});

test('asha: delayed promotion comes when the rung has grown to match', () => {
  const early = withClosed(aRung(2, 3, 4, 1, 0), 0); // trial 0 was the best of the first three; now it is third of five
  assert.equal(delayed.promotion([early, emptyRung]), undefined);
  assert.deepEqual(delayed.promotion([withReport(early, 5, [9]), emptyRung]), {
    trial: 4,
    rung: 1,
    reason: { code: 'rankedInTop', rank: 1, of: 6, kept: 2, cut: 1 },
  });
});

test('property: with delay no rung lets more than floor(n/η) go on, however its losses arrive', () => {
  const losses = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 });
  fc.assert(
    fc.property(losses, fc.integer({ min: 2, max: 5 }), (values, eta) => {
      const pruner = asha({ mode: 'delayedPromote', reductionFactor: eta, by: 'firstObjective', direction: 'minimize' });
      let rung = emptyRung;
      for (const [trial, loss] of values.entries()) {
        rung = withReport(rung, trial, [loss]);
        if (pruner.decide([rung, emptyRung], trial, 0).action === 'continue') rung = withClosed(rung, trial);
        const earned = pruner.promotion([rung, emptyRung]);
        if (earned !== undefined) rung = withClosed(rung, earned.trial);
        assert.ok(rung.closed.length <= Math.floor(rung.trials.length / eta));
      }
    }),
  );
});

test('property: promotion empties exactly the best floor(n/η) of a rung, best first', () => {
  const losses = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(losses, fc.integer({ min: 2, max: 5 }), (values, eta) => {
      const pruner = asha({ mode: 'promote', reductionFactor: eta, by: 'firstObjective', direction: 'minimize' });
      const promoted: number[] = [];
      let rung = aRung(...values);
      for (let next = pruner.promotion([rung, emptyRung]); next !== undefined; next = pruner.promotion([rung, emptyRung])) {
        promoted.push(next.trial);
        rung = withClosed(rung, next.trial);
      }
      const best = values.map((loss, trial) => ({ loss, trial })).toSorted((a, b) => a.loss - b.loss || a.trial - b.trial);
      assert.deepEqual(
        promoted,
        best.slice(0, Math.floor(values.length / eta)).map(({ trial }) => trial),
      );
    }),
  );
});
