import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aSweep } from '../testing/builders.ts';
import { branin, hartmann6, type MultiFidelityFunction, multiFidelityObjective } from './multi-fidelity.ts';
import { simulate } from './simulate.ts';
import { simulationOf } from './simulation-of.ts';

const metric = 'eval/loss';
const close = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

test('branin: its optima at the last step, and by hand at half the steps', () => {
  for (const x of [
    [-Math.PI, 12.275],
    [Math.PI, 2.275],
    [9.42477796, 2.475],
  ])
    close(branin.valueAt(x, 1), branin.least);
  // at 0, 0: 6² + 10 (1 - 1 / 8π - 0.025) + 10
  close(branin.valueAt([0, 0], 0.5), 36 + 10 * (1 - 1 / (8 * Math.PI) - 0.025) + 10);
});

test('hartmann6: its optimum at the last step; every hollow is 0.1 less deep at step 0', () => {
  const optimum = [0.20168952, 0.15001069, 0.47687398, 0.27533243, 0.31165162, 0.65730054];
  close(hartmann6.valueAt(optimum, 1), hartmann6.least);
  const far = [0, 0, 0, 0, 0, 0];
  const share = hartmann6.valueAt(far, 0) / hartmann6.valueAt(far, 1);
  assert.ok(share > 0.9 && share < 1, `${share}`);
});

const functions: readonly (readonly [string, MultiFidelityFunction])[] = [
  ['branin', branin],
  ['hartmann6', hartmann6],
];
/** GPU-hours of 30 whole trials. */
const gpuHours = (30 * 81) / 3600;
for (const [name, fn] of functions) {
  const leastLoss = (pruneAlgorithm: object, seed: number): number => {
    const sweep = aSweep({
      objectives: [{ metric, direction: 'minimize' }],
      parameters: fn.box.map(([min, max], i) => ({ name: `x${i}`, searchSpace: { uniform: { min, max } } })),
      searchAlgorithm: { name: 'random', seed },
      pruneAlgorithm: { ...pruneAlgorithm, maxResource: 81 },
      numTrials: 1000,
      parallelTrials: 4,
      budget: { gpuHours },
      finalSeeds: 0,
      trialTemplate: { command: ['none'] },
    });
    const objective = multiFidelityObjective(fn, metric, 81);
    const { log } = simulate(simulationOf(sweep, undefined, { objective, podStartSeconds: 0, crashRate: 0, attempts: 1, seed }));
    return Math.min(...log.flatMap((event) => (event.type === 'reported' && event.step === 81 ? [event.metrics[metric]!] : [])));
  };

  test(`${name}: for the same GPU-hours, pruning on biased early values finds a better point than whole trials`, () => {
    const gains = Array.from(
      { length: 20 },
      (_, seed) => leastLoss({ name: 'none' }, seed) - leastLoss({ name: 'asha', minResource: 3 }, seed),
    );
    assert.ok(gains.filter((gain) => gain > 0).length >= 10, `${gains}`); // 10 of 12 heads: 2 %
  });
}
