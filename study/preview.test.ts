import assert from 'node:assert/strict';
import { test } from 'node:test';
import { previewOf } from './preview.ts';
import { aSweep } from './testing/builders.ts';

const model = { layers: 6 };
const nearly = (value: number, want: number) => assert.ok(Math.abs(value - want) < 1e-9 * want, `${value} is not ${want}`);

test('a preview: a third of the trials at each rung goes on, and each pays from its last rung', () => {
  const parameters = [{ name: 'learningRate', searchSpace: { logUniform: { min: 1e-5, max: 1e-3 } } }];
  const { rungs, savings, finals, wallSeconds } = previewOf(
    aSweep({ parameters, numTrials: 27, parallelTrials: 1, finalSeeds: 2 }),
    model,
    2,
  );
  assert.deepEqual(
    rungs.map(({ steps }) => steps),
    [50, 150, 450],
  );
  const [first, second, third] = rungs.map(({ trials }) => trials) as [number, number, number];
  assert.ok(first === 27 && second >= 9 && second <= 13 && third >= 3 && third <= 6, `${first}, ${second}, ${third}`); // early promotions included
  const searchSteps = first * 50 + second * 100 + third * 300;
  nearly(
    rungs.reduce((sum, { gpuHours }) => sum + gpuHours, 0),
    (2 * searchSteps) / 3600,
  );
  nearly(savings.spent.gpuSeconds, 2 * searchSteps);
  nearly(savings.unpruned.gpuSeconds, 2 * 27 * 450);
  assert.equal(finals.trials, 2);
  nearly(finals.cost.gpuSeconds, 2 * 2 * 450);
  nearly(wallSeconds, 2 * (searchSteps + 2 * 450));
});

test('a preview: frozen layers at the bottom make steps cheaper, two thirds of their share', () => {
  const layerwise = { scheme: 'prefix', learningRate: { min: 1e-5, max: 1e-3 } };
  const spent = (depth: number) => {
    const searchSpace = { layerwise: { ...layerwise, frozenPrefix: { min: depth, max: depth } } };
    return previewOf(aSweep({ parameters: [{ name: 'layers', searchSpace }] }), model, 1).savings.spent.gpuSeconds;
  };
  nearly(spent(3), spent(0) * (1 - 1 / 3));
});

test('a preview: the first examples are the baselines, with their layers', () => {
  const { dimensions, examples } = previewOf(aSweep({ enqueue: ['headOnly'] }), model, 1);
  assert.deepEqual(
    dimensions.map(({ name }) => name),
    ['layers.frozenPrefix', 'layers.learningRate', 'layers.decay', 'headLearningRate'],
  );
  assert.deepEqual(
    examples.map(({ origin, layers }) => [origin.by, layers?.length]),
    [
      ['enqueued', 8],
      ['sampler', 8],
      ['sampler', 8],
    ],
  );
  assert.deepEqual(new Set(examples[0]!.layers!.slice(0, -1).map(({ mode }) => mode)), new Set(['frozen']));
});

test('a preview: a grid of fewer points than trials ends when they are done', () => {
  const parameters = [{ name: 'learningRate', searchSpace: { logUniform: { min: 1e-5, max: 1e-3 } } }];
  const { rungs } = previewOf(aSweep({ parameters, searchAlgorithm: { name: 'grid', steps: 4 }, numTrials: 9 }), model, 1);
  assert.equal(rungs[0]!.trials, 4);
});
