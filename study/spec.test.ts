import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { rungsOf } from './rungs.ts';
import { SpecError } from './spec/problem.ts';
import { warningsOf } from './spec/warnings.ts';
import { parseSweep } from './spec.ts';
import { aSweep, writtenSweep } from './testing/builders.ts';

const layers = {
  name: 'layers',
  searchSpace: {
    layerwise: {
      scheme: 'prefixDecay',
      frozenPrefix: { min: 0, max: 6 },
      learningRate: { min: 1e-5, max: 1e-3 },
      decay: { min: 0.6, max: 1 },
    },
  },
};

test('a sweep that says only what it must comes out with every default', () => {
  assert.deepEqual(parseSweep(writtenSweep()), {
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'Sweep',
    metadata: { name: 'small', namespace: 'default' },
    spec: {
      study: 'small',
      objectives: [{ metric: 'eval/accuracy', direction: 'maximize' }],
      parameters: [layers, { name: 'headLearningRate', searchSpace: { logUniform: { min: 1e-4, max: 1e-2 } } }],
      constraints: [],
      enqueue: [],
      enqueueAssignments: [],
      searchAlgorithm: { name: 'random', seed: 7, steps: 3, startupTrials: 10, randomShare: 0.2 },
      pruneAlgorithm: {
        name: 'asha',
        mode: 'delayedPromote',
        by: 'firstObjective',
        minResource: 50,
        maxResource: 450,
        reductionFactor: 3,
        startupTrials: 5,
        minProbability: 0.05,
        pThreshold: 0.1,
        minDelta: 0,
      },
      numTrials: 8,
      parallelTrials: 1,
      maxFailedTrials: 3,
      suspend: false,
      budget: {},
      finalSeeds: 3,
      trialTemplate: {
        trainer: {
          model: 's3://models/minilm-l6',
          data: 's3://data/sections',
          batchSize: 16,
          task: 'classification',
          pooling: 'pooler',
          method: 'full',
          accumulate: 1,
          activations: 'keep',
          engine: 'raw',
          deterministic: false,
          tf32: true,
          prefixCache: 'float32',
          maxLength: 64,
          weightDecay: 0.01,
          warmup: 0.1,
          clipNorm: 1,
          checkpointSeconds: 300,
        },
        lingerSeconds: 20,
      },
      results: { uri: 's3://sweeps/local' },
    },
  });
});

test('the trainer block of a program of its own stays as written', () => {
  const { trialTemplate } = aSweep({ trialTemplate: { command: ['python3', 'train.py'], trainer: { batchSize: 'large' } } }).spec;
  assert.deepEqual(trialTemplate, { command: ['python3', 'train.py'], trainer: { batchSize: 'large' }, lingerSeconds: 20 });
});

test('tpe learns from the first objective unless told otherwise', () => {
  const learntFrom = (searchAlgorithm: object) => aSweep({ searchAlgorithm }).spec.searchAlgorithm.objective;
  const loss = { metric: 'eval/loss', direction: 'minimize' } as const;
  assert.deepEqual(learntFrom({ name: 'tpe' }), { metric: 'eval/accuracy', direction: 'maximize' });
  assert.deepEqual(learntFrom({ name: 'tpe', objective: loss }), loss);
  for (const name of ['cmaEs', 'gp']) assert.deepEqual(learntFrom({ name }), { metric: 'eval/accuracy', direction: 'maximize' });
  assert.equal(learntFrom({ name: 'random' }), undefined);
});

test('fields that belong to a cluster are kept', () => {
  const cluster = {
    image: 'ghcr.io/example/permafrost:0.1',
    resources: { limits: { 'nvidia.com/gpu': 1 } },
    podTemplate: { spec: { tolerations: [] } },
    queueName: 'research',
  };
  const { trainer } = writtenSweep().spec.trialTemplate as { readonly trainer: unknown };
  const { image, resources, podTemplate, queueName } = aSweep({ trialTemplate: { trainer, ...cluster } }).spec.trialTemplate;
  assert.deepEqual({ image, resources, podTemplate, queueName }, cluster);
});

test('what Kubernetes adds to metadata is dropped', () => {
  const sweep = writtenSweep();
  const metadata = { ...sweep.metadata, namespace: 'research', uid: '1f3a', managedFields: [{}], annotations: { a: 'b' } };
  assert.deepEqual(parseSweep({ ...sweep, metadata }).metadata, { name: 'small', namespace: 'research' });
});

test('a parsed sweep survives JSON and parses to itself', () => {
  fc.assert(
    fc.property(
      fc.record({
        numTrials: fc.integer({ min: 2, max: 10_000 }),
        parallelTrials: fc.integer({ min: 1, max: 1000 }),
        enqueue: fc.constantFrom([], ['headOnly'], ['fullFineTuning', 'headOnly']),
        budget: fc.constantFrom(
          {},
          { duration: '90m' },
          { gpuHours: 4, cost: { max: 9, pricePerGpuHour: 2 }, noImprovement: { trials: 5 } },
        ),
        searchAlgorithm: fc.record({
          name: fc.constantFrom('random', 'grid', 'sobol', 'tpe', 'cmaEs', 'gp'),
          seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        }),
        pruneAlgorithm: fc.constantFrom({ name: 'none', maxResource: 9 }, { name: 'asha', mode: 'stop', minResource: 1, maxResource: 9 }),
      }),
      (spec) => {
        const sweep = aSweep(spec);
        assert.deepEqual(parseSweep(JSON.parse(JSON.stringify(sweep))), sweep);
      },
    ),
    { numRuns: 50 },
  );
});

test('all that is wrong is told at once: first shapes, then meanings', () => {
  const written = writtenSweep({
    objectives: [{ metric: 'accuracy', direction: 'maximize' }],
    parameters: [
      layers,
      { name: 'headLearningRate', searchSpace: { logUniform: { min: 0, max: 1e-2 } } },
      { name: 'headLearningRate', searchSpace: { uniform: { min: 3, max: 2 } } },
    ],
    numTrails: 3,
  });
  assert.throws(
    () => parseSweep(written),
    new SpecError([
      { path: 'spec.parameters[1].searchSpace.logUniform.min', message: 'must be > 0, got 0' },
      { path: 'spec.numTrails', message: 'is not a known field; did you mean numTrials?' },
      { path: 'spec.parameters[2].name', message: 'must be a name of its own (spec.parameters[1] has it), got "headLearningRate"' },
      { path: 'spec.parameters[2].searchSpace.uniform.max', message: 'must be > min, which is 3, got 2' },
      {
        path: 'spec.objectives[0].metric',
        message: 'must be a metric of the built-in trainer (did you mean eval/accuracy?), got "accuracy"',
      },
    ]),
  );
});

test('the error shows one problem per line, with its path', () => {
  const written = { ...writtenSweep({ numTrials: 0 }), kind: 'Sweeep' };
  assert.throws(() => parseSweep(written), {
    name: 'SpecError',
    message: 'kind: must be Sweep, got "Sweeep"\nspec.numTrials: must be >= 1, got 0',
  });
});

test('the example sweep: three rungs, two trials at a time, at least twelve of them, no warnings', () => {
  const sweep = parseSweep(parse(readFileSync(new URL('../examples/minilm-sections.yaml', import.meta.url), 'utf8')));
  const { pruneAlgorithm, parallelTrials, numTrials, enqueue, trialTemplate, results } = sweep.spec;
  assert.deepEqual(
    {
      rungs: rungsOf(pruneAlgorithm),
      mode: pruneAlgorithm.mode,
      parallelTrials,
      enqueue,
      results,
      warnings: warningsOf(sweep, { layers: 6 }),
    },
    {
      rungs: [20, 60, 180],
      mode: 'delayedPromote',
      parallelTrials: 2,
      enqueue: ['fullFineTuning', 'headOnly'],
      results: { uri: 's3://sweeps/local' },
      warnings: [],
    },
  );
  assert.deepEqual([trialTemplate.trainer.model, trialTemplate.trainer.data], ['s3://models/minilm-l6', 's3://data/debian-sections']);
  assert.ok(numTrials >= 12, `numTrials ${numTrials}`);
});

test('the example over methods: no warnings, and each setting has its own method', () => {
  const sweep = parseSweep(parse(readFileSync(new URL('../examples/which-method.yaml', import.meta.url), 'utf8')));
  assert.deepEqual(warningsOf(sweep, { layers: 6 }), []);
  const settings = sweep.spec.parameters.filter(({ name }) => name.includes('.'));
  assert.deepEqual(
    settings.map(({ activeWhen }) => activeWhen?.method),
    settings.map(({ name }) => name.split('.')[0]),
  );
});
