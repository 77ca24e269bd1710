import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Pruner } from '../pruners/pruner.ts';
import { emptyRung, type Rung, withClosed, withReport } from '../rung.ts';
import type { Decision, JsonNumber } from '../trial.ts';
import { examplesOf, rungsFrom } from './rungs.ts';

/** Losses of one trial, a rung each; small whole numbers, so that many are equal. */
const anyCurve = fc.array(fc.option(fc.integer({ min: -4, max: 4 }), { freq: 12, nil: null }), { minLength: 4, maxLength: 4 });
const anySearch = fc.record({
  curves: fc.array(anyCurve, { minLength: 1, maxLength: 25 }),
  /** Which of the trials under way reports next. */
  turns: fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
});
/** Losses of a trial that was trained to the end: it gets better, with some noise. */
const anySmoothCurve = fc
  .record({
    end: fc.double({ min: 0, max: 1, noNaN: true }),
    fall: fc.double({ min: 0, max: 4, noNaN: true }),
    noise: fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 4, maxLength: 4 }),
  })
  .map(({ end, fall, noise }) => noise.map((error, rung) => end + fall / 2 ** rung + error));
type Search = typeof anySearch extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** A decision with the tables that it was made of. */
interface Asked {
  readonly rungs: readonly Rung[];
  readonly trial: number;
  readonly rung: number;
  readonly loss: JsonNumber;
  readonly decision: Decision;
}

/** What every pruner promises, whatever trials report and in whatever order. Its test file calls this. */
export function prunerContract(name: string, pruner: Pruner): void {
  test(`${name}: NaN ends a trial, and is never promoted`, () => {
    forAnySearch(pruner, ({ decision, loss }) => {
      if (loss === null) assert.deepEqual(decision, { action: 'stop', reason: { code: 'diverged' } });
    });
  });

  test(`${name}: answers the same for the same tables, in another process too, and leaves them as they are`, () => {
    forAnySearch(pruner, ({ rungs, trial, rung, loss, decision }) => {
      const before = structuredClone(rungs);
      assert.deepEqual(pruner.decide(JSON.parse(JSON.stringify(rungs)), trial, rung, examplesOf(loss, trial)), decision);
      assert.deepEqual(JSON.parse(JSON.stringify(decision)), decision, 'a decision can be written as JSON');
      pruner.promotion(rungs);
      assert.deepEqual(rungs, before);
    });
  });
}

/** What pruners promise that compare trials with each other. */
export function comparingPrunerContract(name: string, pruner: Pruner): void {
  test(`${name}: never stops the best trial of a rung`, () => {
    forAnySearch(pruner, ({ rungs, trial, rung, loss, decision }) => {
      const table = rungs[rung]!;
      const isBest = loss !== null && table.trials.every((other, at) => other === trial || (table.losses[at] ?? Infinity) > loss);
      if (isBest) assert.notEqual(decision.action, 'stop');
    });
  });

  test(`${name}: a trial that is worse than all others at every rung never gets to the last one`, () => {
    fc.assert(
      fc.property(
        fc.array(anySmoothCurve, { minLength: 30, maxLength: 30 }),
        fc.double({ min: 2, max: 9, noNaN: true }),
        (finished, worse) => {
          const worst = finished[0]!.map((_, rung) => worse + Math.max(...finished.map((curve) => curve[rung]!)));
          const isStopped = [0, 1, 2].some((rung) => {
            const rungs = rungsFrom([...finished, worst.slice(0, rung + 1)], 4);
            return (
              pruner.decide(rungs, finished.length, rung, examplesOf(worst[rung]!, finished.length)).action !== 'continue' &&
              !isPromoted(pruner, rungs, finished.length)
            );
          });
          assert.ok(isStopped);
        },
      ),
    );
  });
}

/** Whether this trial is what the pruner would let go on next. */
function isPromoted(pruner: Pruner, rungs: readonly Rung[], trial: number): boolean {
  const decided = rungs.map((table) => table.trials.filter((other) => other !== trial).reduce(withClosed, table));
  return pruner.promotion(decided)?.trial === trial;
}

function forAnySearch(pruner: Pruner, check: (asked: Asked) => void): void {
  fc.assert(fc.property(anySearch, (search) => carriedOut(pruner, search).forEach(check)));
}

/** Four trials at a time on their way up four rungs, as the sweep would take them; all decisions in order. */
function carriedOut(pruner: Pruner, { curves, turns }: Search): readonly Asked[] {
  const asked: Asked[] = [];
  let rungs: readonly Rung[] = Array.from({ length: 4 }, () => emptyRung);
  let running: readonly { readonly trial: number; readonly rung: number }[] = [];
  let next = 0;
  const close = (trial: number) => {
    rungs = rungs.map((table) => (table.trials.includes(trial) ? withClosed(table, trial) : table));
  };
  for (let turn = 0; ; turn += 1) {
    while (running.length < 4) {
      const earned = pruner.promotion(rungs);
      if (earned !== undefined) {
        assert.ok(!rungs[earned.rung - 1]!.closed.includes(earned.trial) && !running.some(({ trial }) => trial === earned.trial));
        assert.notEqual(curves[earned.trial]![earned.rung - 1], null, 'NaN is not promoted');
        close(earned.trial);
        running = [...running, earned];
      } else if (next < curves.length) running = [...running, { trial: next++, rung: 0 }];
      else break;
    }
    const live = running[turns[turn % turns.length]! % running.length];
    if (live === undefined) return asked;
    const { trial, rung } = live;
    const loss = curves[trial]![rung]!;
    running = running.filter((other) => other !== live);
    rungs = rungs.with(rung, withReport(rungs[rung]!, trial, [loss], examplesOf(loss, trial)));
    if (rung === 3) close(trial);
    else {
      const decision = pruner.decide(rungs, trial, rung, examplesOf(loss, trial));
      asked.push({ rungs, trial, rung, loss, decision });
      if (decision.action !== 'pause') close(trial);
      if (decision.action === 'continue') running = [...running, { trial, rung: rung + 1 }];
    }
  }
}
