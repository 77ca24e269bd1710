import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededStream } from '../random.ts';
import type { LayerSetting } from '../trial.ts';
import {
  horizon,
  type LayerFreezeTask,
  layerFreezeKinds,
  layerFreezeObjective,
  layerFreezeRegret,
  layerFreezeTask,
  leastRate,
  metric,
  mostRate,
} from './layer-freeze.ts';
import type { Configuration } from './simulated-objective.ts';

const layer = (name: string, position: number | 'frozen'): LayerSetting =>
  position === 'frozen' ? { name, mode: 'frozen' } : { name, mode: 'full', learningRate: leastRate * (mostRate / leastRate) ** position };

const configuration = (positions: readonly (number | 'frozen')[]): Configuration => ({
  assignment: {},
  layers: [layer('embeddings', 0.5), ...positions.map((position, index) => layer(`${index}`, position)), layer('head', 0.5)],
});

const frozenBelow = (prefix: number, rates: readonly number[]) => rates.map((rate, index) => (index < prefix ? 'frozen' : rate));
const even = Array.from({ length: 12 }, () => 0.5);
/** Twelve layers that matter alike, all best at the middle of the scale, the lowest four frozen. */
const simple: LayerFreezeTask = { kind: 'ramp', optimum: even, weights: even.map(() => 1 / 12), bestPrefix: 4 };

/** The asymptote is half the cost; at the horizon the learning curve has flattened out to eight digits or more. */
const cases = [
  { name: 'at its best nothing is lost', task: simple, positions: frozenBelow(4, even), want: 0 },
  { name: 'each layer too few in the prefix costs 0.02', task: simple, positions: frozenBelow(2, even), want: 0.5 * 0.04 },
  {
    name: 'each layer too many costs 0.02 and more',
    task: simple,
    positions: frozenBelow(6, even),
    want: 0.5 * (0.04 + 0.015 * 2 ** 1.3),
  },
  {
    name: 'a rate that is off costs by its square',
    task: simple,
    positions: frozenBelow(4, even.with(11, 0.7)),
    want: (0.5 * 6 * 0.04) / 12,
  },
  {
    name: 'a layer frozen above the prefix is one at the least rate, and no layer costs more than 1.5 of its weight',
    task: simple,
    positions: [...frozenBelow(4, even).slice(0, -1), 'frozen' as const],
    want: (0.5 * 1.5) / 12,
  },
  {
    name: 'rates inside the prefix do not matter',
    task: { ...simple, optimum: even.with(0, 0.1) },
    positions: frozenBelow(4, even),
    want: 0,
  },
  {
    name: 'without a best prefix a frozen layer is one at the least rate',
    task: { ...simple, kind: 'mask', optimum: even.with(0, 0).with(5, 0), bestPrefix: null },
    positions: ['frozen' as const, ...even.slice(1, 5), 0, ...even.slice(6)],
    want: 0,
  },
] satisfies readonly {
  readonly name: string;
  readonly task: LayerFreezeTask;
  readonly positions: readonly (number | 'frozen')[];
  readonly want: number;
}[];
for (const { name, task, positions, want } of cases) {
  test(`layer-freeze task: ${name}`, () => {
    const regret = layerFreezeRegret(task, configuration(positions));
    assert.ok(Math.abs(regret - want) < 1e-6, `${regret} is not ${want}`);
  });
}

for (const kind of layerFreezeKinds) {
  test(`layer-freeze task ${kind}: no configuration is better than the optimum of its instance`, () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const random = seededStream(seed, 0);
      const positions = frozenBelow(random.int(13), Array.from({ length: 12 }, random.uniform));
      assert.ok(layerFreezeRegret(layerFreezeTask(kind, seed), configuration(positions)) > -1e-9, `seed ${seed}`);
    }
  });
}

test('layer-freeze task: weights sum to one and instances differ', () => {
  const tasks = layerFreezeKinds.flatMap((kind) => [0, 1].map((seed) => layerFreezeTask(kind, seed)));
  for (const { weights } of tasks) assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-12);
  assert.equal(new Set(tasks.map(({ optimum }) => JSON.stringify(optimum))).size, tasks.length);
});

test('layer-freeze task: losses fall along the curve, with a noise of 0.006, and frozen layers save up to 60 %', () => {
  const { metricsAt, secondsPerStep } = layerFreezeObjective(simple);
  const best = configuration(frozenBelow(4, even));
  const losses = (epoch: number) => Array.from({ length: 2000 }, (_, stream) => metricsAt(best, epoch, seededStream(1, stream))[metric]!);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const curve = [1, 3, 9, horizon].map((epoch) => mean(losses(epoch)));
  assert.deepEqual(
    curve,
    curve.toSorted((a, b) => b - a),
  );
  const deviation = Math.sqrt(mean(losses(horizon).map((loss) => (loss - 0.25) ** 2)));
  assert.ok(Math.abs(deviation - 0.006) < 0.0005, `${deviation}`);
  assert.deepEqual(
    [even, frozenBelow(6, even), frozenBelow(12, even)].map((positions) => secondsPerStep(configuration(positions))),
    [60, 42, 24],
  );
});
