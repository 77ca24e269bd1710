import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planOf } from './sweep-plan.ts';
import type { SweepPlan } from './sweep-state.ts';
import { aSweep } from './testing/builders.ts';

const cases: readonly { name: string; algorithm: object; want: SweepPlan['pruner'] }[] = [
  { name: 'none', algorithm: {}, want: { name: 'none' } },
  {
    name: 'asha',
    algorithm: { mode: 'stop' },
    want: { name: 'asha', mode: 'stop', reductionFactor: 3, by: 'firstObjective', direction: 'maximize' },
  },
  {
    name: 'hyperband',
    algorithm: { reductionFactor: 4 },
    want: { name: 'hyperband', mode: 'delayedPromote', reductionFactor: 4, by: 'firstObjective', direction: 'maximize' },
  },
  {
    name: 'pasha',
    algorithm: { mode: 'delayedPromote' },
    want: { name: 'pasha', mode: 'delayedPromote', reductionFactor: 3, direction: 'maximize' },
  },
  { name: 'median', algorithm: {}, want: { name: 'median', startupTrials: 5, direction: 'maximize' } },
  {
    name: 'percentile',
    algorithm: { percentile: 25, startupTrials: 9 },
    want: { name: 'percentile', percentile: 25, startupTrials: 9, direction: 'maximize' },
  },
  { name: 'threshold', algorithm: { threshold: 0 }, want: { name: 'threshold', threshold: 0, direction: 'maximize' } },
  {
    name: 'curve',
    algorithm: { minProbability: 0.1 },
    want: { name: 'curve', minProbability: 0.1, startupTrials: 5, steps: [50, 150, 450], seed: 7, direction: 'maximize' },
  },
  { name: 'wilcoxon', algorithm: {}, want: { name: 'wilcoxon', pThreshold: 0.1 } },
  { name: 'patience', algorithm: { patience: 2, minDelta: 0.01 }, want: { name: 'patience', patience: 2, minDelta: 0.01 } },
];
for (const { name, algorithm, want } of cases) {
  test(`plan: pruner ${name}`, () => {
    const { pruner, rungs } = planOf(aSweep({ pruneAlgorithm: { name, minResource: 50, maxResource: 450, ...algorithm } }));
    assert.deepEqual(pruner, want);
    assert.equal(rungs.at(-1), 450);
  });
}
