import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SweepEvent, SweepLog } from './log.ts';
import { layerFreezeObjective, layerFreezeTask, metric } from './simulator/layer-freeze.ts';
import { simulate } from './simulator/simulate.ts';
import { simulationOf } from './simulator/simulation-of.ts';
import { newlySpent } from './spent-trials.ts';
import { planOf } from './sweep-plan.ts';
import { aSweep } from './testing/builders.ts';
import { failed, reported, suggested } from './testing/logs.ts';
import type { Decision } from './trial.ts';

const decided = (trial: number, action: Decision['action'], rung = 0): SweepEvent => ({
  type: 'decided',
  at: 0,
  trial,
  rung,
  decision: { action, reason: { code: 'notPruned' } },
});

/** Trials 0, 1, 2 … report at the first rung and wait. The first ones are the best. */
const paused = (count: number): SweepLog =>
  Array.from({ length: count }, (_, trial) => [suggested(trial, {}), reported(trial, 1 - trial / 100), decided(trial, 'pause')]).flat();

const asha = { name: 'asha', minResource: 50, maxResource: 450 };
const cases: readonly { name: string; spec: object; log: SweepLog; newest: number; want: readonly number[] }[] = [
  { name: 'of nine trials three go on, so who ranks fourth cannot', spec: { numTrials: 9 }, log: paused(5), newest: 15, want: [3, 4] },
  { name: 'what was so before is not told again', spec: { numTrials: 9 }, log: paused(5), newest: 3, want: [4] },
  { name: 'with more trials to come more go on', spec: { numTrials: 15 }, log: paused(5), newest: 15, want: [] },
  {
    name: 'at the next rung fewer still: three can get there, and one goes on',
    spec: { numTrials: 9 },
    log: [
      ...paused(5),
      ...[0, 1].flatMap((trial) => [
        decided(trial, 'continue'),
        { ...reported(trial, 1 - trial / 100), rung: 1, step: 150 },
        decided(trial, 'pause', 1),
      ]),
    ],
    newest: 3,
    want: [1],
  },
  {
    name: 'ended and failed trials',
    spec: { numTrials: 100 },
    log: [...paused(3), decided(0, 'stop'), failed(1)],
    newest: 2,
    want: [0, 1],
  },
  {
    name: 'ranked by several objectives nobody can be told so',
    spec: {
      numTrials: 9,
      objectives: [
        { metric: 'eval/accuracy', direction: 'maximize' },
        { metric: 'model/trainedParameters', direction: 'minimize' },
      ],
      pruneAlgorithm: { ...asha, by: 'nonDominatedRank' },
    },
    log: paused(5).map((event) =>
      event.type === 'reported' ? { ...event, metrics: { ...event.metrics, 'model/trainedParameters': 1 } } : event,
    ),
    newest: 15,
    want: [],
  },
];
for (const { name, spec, log, newest, want } of cases) {
  test(`spent trials: ${name}`, () => assert.deepEqual(newlySpent(log, newest, planOf(aSweep({ pruneAlgorithm: asha, ...spec }))), want));
}

const rungs = { minResource: 1, maxResource: 27 };
const anySearch = fc.record({
  seed: fc.nat({ max: 10_000 }),
  parallelTrials: fc.integer({ min: 1, max: 9 }),
  numTrials: fc.integer({ min: 1, max: 40 }),
  pruneAlgorithm: fc.constantFrom(
    { name: 'asha', ...rungs },
    { name: 'asha', mode: 'promote', ...rungs },
    { name: 'asha', mode: 'stop', ...rungs },
    { name: 'asha', mode: 'promote', reductionFactor: 2, ...rungs },
    { name: 'pasha', ...rungs },
    { name: 'pasha', mode: 'promote', ...rungs },
    { name: 'hyperband', ...rungs },
    { name: 'hyperband', mode: 'promote', ...rungs },
    { name: 'median', startupTrials: 2, ...rungs },
  ),
});

test('property: who is spent is never trained on, whatever becomes of the others', () => {
  let inVain = 0;
  fc.assert(
    fc.property(anySearch, ({ seed, ...spec }) => {
      const sweep = aSweep({
        ...spec,
        objectives: [{ metric, direction: 'minimize' }],
        parameters: [
          { name: 'layers', searchSpace: { layerwise: { scheme: 'perLayer', learningRate: { min: 1e-6, max: 1e-3 } } } },
          { name: 'headLearningRate', searchSpace: { fixed: { value: 1e-3 } } },
        ],
        searchAlgorithm: { name: 'random', seed },
        maxFailedTrials: 1000,
      });
      const objective = layerFreezeObjective(layerFreezeTask('ramp', seed));
      const simulation = simulationOf(sweep, { layers: 12 }, { objective, podStartSeconds: 10, crashRate: 0.05, attempts: 2, seed });
      const spentAt = new Map<number, number>();
      let known = 0;
      const { log } = simulate({
        ...simulation,
        suggest(trial, now) {
          for (const spent of newlySpent(now, now.length - known, simulation.plan)) spentAt.set(spent, now.length);
          known = now.length;
          return simulation.suggest(trial, now);
        },
      });
      for (const [trial, at] of spentAt) {
        const later = log.slice(at).filter((event) => 'trial' in event && event.trial === trial);
        const trained = later.filter(({ type }) => type === 'reported' || type === 'suggested');
        assert.deepEqual(trained, [], `trial ${trial} was held to be spent at event ${at}`);
        inVain += later.length; // it waited, and its end was told later
      }
    }),
    { numRuns: 150 },
  );
  assert.ok(inVain > 100, `${inVain}`);
});
