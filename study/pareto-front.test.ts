import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bestTrials } from './best.ts';
import { dominates } from './dominance.ts';
import type { SweepEvent } from './log.ts';
import { lossOf } from './objective.ts';
import { type ParetoFront, paretoFront } from './pareto-front.ts';
import { reportsOf, rungTables } from './rung-tables.ts';
import type { JsonNumber, Objective } from './trial.ts';
import { trialRows } from './trial-rows.ts';

const objectives: readonly Objective[] = [
  { metric: 'eval/accuracy', direction: 'maximize' },
  { metric: 'cost/seconds', direction: 'minimize' },
];

/** Of each trial, rung by rung: accuracy and seconds. */
type Curves = readonly (readonly (readonly [accuracy: JsonNumber, seconds: JsonNumber])[])[];

const logOf = (curves: Curves): readonly SweepEvent[] =>
  curves.flatMap((curve, trial): readonly SweepEvent[] => [
    { type: 'suggested', at: 0, trial, purpose: 'search', origin: { by: 'sampler', seen: 0 }, seed: 0, assignment: {} },
    ...curve.map(
      ([accuracy, seconds], rung): SweepEvent => ({
        type: 'reported',
        at: 0,
        trial,
        rung,
        step: 50 * (rung + 1),
        metrics: { 'eval/accuracy': accuracy, 'cost/seconds': seconds },
        cost: { seconds: 0, gpuSeconds: 0 },
      }),
    ),
  ]);

function frontOf(curves: Curves, of = objectives): ParetoFront | undefined {
  const log = logOf(curves);
  return paretoFront(rungTables(reportsOf(log, 'search'), of), [50, 100, 150], trialRows(log), of);
}

const cases: readonly { name: string; curves: Curves; want: { steps: number; trials: readonly number[] } | undefined }[] = [
  { name: 'nothing reported', curves: [[], []], want: undefined },
  { name: 'no number', curves: [[[null, 10]], [[0.5, null]]], want: undefined },
  {
    name: 'what another beats in everything is out, what is its equal is in',
    curves: [[[0.7, 30]], [[0.8, 50]], [[0.6, 40]], [[0.7, 30]]],
    want: { steps: 50, trials: [1, 0, 3] },
  },
  {
    name: 'lower rungs do not count, however good and cheap',
    curves: [
      [[0.9, 1]],
      [
        [0.5, 10],
        [0.6, 20],
      ],
    ],
    want: { steps: 100, trials: [1] },
  },
  {
    name: 'what diverged at the rungs above is out',
    curves: [
      [
        [0.9, 1],
        [null, 2],
      ],
      [[0.5, 10]],
    ],
    want: { steps: 50, trials: [1] },
  },
];
for (const { name, curves, want } of cases) {
  test(`Pareto front: ${name}`, () => {
    const front = frontOf(curves);
    assert.deepEqual(front && { steps: front.steps, trials: front.trials.map(({ trial }) => trial) }, want);
  });
}

test('Pareto front: one objective has none', () => assert.equal(frontOf([[[0.5, 1]]], objectives.slice(0, 1)), undefined));

test('property: each trial of the last rung is in the front or beaten by one in it, and the best comes first', () => {
  const report = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 5 }));
  const anyCurves = fc.array(fc.array(report, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(anyCurves, (curves) => {
      const { trials } = frontOf(curves)!;
      const losses = (trial: number) => {
        const [accuracy, seconds] = curves[trial]!.at(-1)!;
        return objectives.map((objective) => lossOf({ 'eval/accuracy': accuracy, 'cost/seconds': seconds }, objective));
      };
      const members = trials.map(({ trial }) => trial);
      const top = Math.max(...curves.map(({ length }) => length));
      for (const [trial, curve] of curves.entries()) {
        const isBeaten = members.some((member) => dominates(losses(member), losses(trial)));
        if (curve.length === top) assert.notEqual(members.includes(trial), isBeaten);
        else assert.ok(!members.includes(trial));
      }
      assert.equal(members[0], bestTrials({ rungs: rungTables(reportsOf(logOf(curves), 'search'), objectives) }, 1)[0]!.trial);
    }),
  );
});
