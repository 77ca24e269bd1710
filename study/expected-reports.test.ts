import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedReports } from './expected-reports.ts';
import type { SweepPlan } from './sweep-state.ts';

const direction = 'minimize';
const cases: readonly { pruner: SweepPlan['pruner']; want: readonly number[] }[] = [
  { pruner: { name: 'none' }, want: [49, 49, 49, 49] },
  { pruner: { name: 'threshold', threshold: 1, direction }, want: [49, 49, 49, 49] },
  { pruner: { name: 'patience', patience: 1, minDelta: 0 }, want: [49, 49, 49, 49] },
  { pruner: { name: 'wilcoxon', pThreshold: 0.1 }, want: [49, 49, 49, 49] },
  {
    pruner: { name: 'curve', minProbability: 0.05, startupTrials: 5, steps: [1, 3, 9, 27], seed: 0, direction },
    want: [49, 49, 49, 49],
  },
  { pruner: { name: 'asha', mode: 'promote', reductionFactor: 3, by: 'firstObjective', direction: 'minimize' }, want: [49, 16, 5, 1] },
  { pruner: { name: 'pasha', mode: 'promote', reductionFactor: 3, direction: 'minimize' }, want: [49, 16, 5, 1] },
  // brackets of 27, 12, 6 and 4: 9 + 12 + 6 + 4, then 3 + 4 + 6 + 4, then 1 + 1.3 + 2 + 4
  {
    pruner: { name: 'hyperband', mode: 'promote', reductionFactor: 3, by: 'firstObjective', direction: 'minimize' },
    want: [49, 31, 17, 8],
  },
  { pruner: { name: 'median', startupTrials: 5, direction }, want: [49, 27, 16, 10] }, // 5 + 44 / 2^rung
  { pruner: { name: 'percentile', percentile: 25, startupTrials: 100, direction }, want: [49, 49, 49, 49] },
];
for (const { pruner, want } of cases) {
  test(`expected reports: ${pruner.name}`, () => {
    const plan = { numTrials: 49, pruner, rungs: [1, 3, 9, 27] };
    assert.deepEqual(
      plan.rungs.map((_, rung) => expectedReports(plan, rung)),
      want,
    );
  });
}
