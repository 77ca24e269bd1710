import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EnqueuedTrial, enqueuedTrials } from './baselines.ts';
import { contains, searchSpaceOf } from './space.ts';
import { aSweep } from './testing/builders.ts';
import type { Assignment, LayerConfiguration } from './trial.ts';

const model = { layers: 2 };
const enqueue = ['fullFineTuning', 'headOnly'];
const names = ['embeddings', '0', '1'];
const frozen = (head: number): LayerConfiguration => [
  ...names.map((name) => ({ name, mode: 'frozen' }) as const),
  { name: 'head', mode: 'full', learningRate: head },
];
const trained = (learningRate: number, head: number): LayerConfiguration => [
  ...names.map((name) => ({ name, mode: 'full', learningRate }) as const),
  { name: 'head', mode: 'full', learningRate: head },
];
const layerwise = (fields: object) => ({
  name: 'layers',
  searchSpace: { layerwise: { learningRate: { min: 1e-5, max: 1e-2 }, ...fields } },
});
const head = { name: 'headLearningRate', searchSpace: { logUniform: { min: 0.25, max: 4 } } };
const full = (assignment: Assignment, layers: LayerConfiguration): EnqueuedTrial => ({ name: 'fullFineTuning', assignment, layers });
const probe = (assignment: Assignment, layers: LayerConfiguration): EnqueuedTrial => ({ name: 'headOnly', assignment, layers });

const cases: readonly { readonly name: string; readonly parameters: readonly object[]; readonly want: readonly EnqueuedTrial[] }[] = [
  {
    name: 'a prefix of none and of all layers',
    parameters: [layerwise({ scheme: 'prefix', frozenPrefix: { min: 0, max: 2 } })],
    want: [
      full({ 'layers.frozenPrefix': 0, 'layers.learningRate': 1e-4 }, trained(1e-4, 1e-4)),
      probe({ 'layers.frozenPrefix': 2, 'layers.learningRate': 1e-3 }, frozen(1e-3)),
    ],
  },
  {
    name: 'no decay, and the middle of the rates of the head',
    parameters: [layerwise({ scheme: 'prefixDecay', frozenPrefix: { min: 0, max: 2 }, decay: { min: 0.5, max: 1 } }), head],
    want: [
      full({ 'layers.frozenPrefix': 0, 'layers.learningRate': 1e-4, 'layers.decay': 1, headLearningRate: 1 }, trained(1e-4, 1)),
      probe({ 'layers.frozenPrefix': 2, 'layers.learningRate': 1e-3, 'layers.decay': 1, headLearningRate: 1 }, frozen(1)),
    ],
  },
  {
    name: 'each layer by itself',
    parameters: [layerwise({ scheme: 'perLayer' }), head],
    want: [
      full({ 'layers.embeddings': 1e-4, 'layers.0': 1e-4, 'layers.1': 1e-4, headLearningRate: 1 }, trained(1e-4, 1)),
      probe({ 'layers.embeddings': 0, 'layers.0': 0, 'layers.1': 0, headLearningRate: 1 }, frozen(1)),
    ],
  },
  {
    name: 'each layer by itself above a prefix, whose rates below its end do not matter',
    parameters: [layerwise({ scheme: 'perLayer', frozenPrefix: { min: 0, max: 2 } }), head],
    want: [
      full(
        { 'layers.frozenPrefix': 0, 'layers.embeddings': 1e-4, 'layers.0': 1e-4, 'layers.1': 1e-4, headLearningRate: 1 },
        trained(1e-4, 1),
      ),
      probe({ 'layers.frozenPrefix': 2, 'layers.embeddings': 1e-3, 'layers.0': 1e-3, 'layers.1': 1e-3, headLearningRate: 1 }, frozen(1)),
    ],
  },
  {
    name: 'learning rates stay in their range',
    parameters: [
      {
        name: 'layers',
        searchSpace: { layerwise: { scheme: 'prefix', frozenPrefix: { min: 0, max: 2 }, learningRate: { min: 2e-4, max: 5e-4 } } },
      },
    ],
    want: [
      full({ 'layers.frozenPrefix': 0, 'layers.learningRate': 2e-4 }, trained(2e-4, 2e-4)),
      probe({ 'layers.frozenPrefix': 2, 'layers.learningRate': 5e-4 }, frozen(5e-4)),
    ],
  },
  {
    name: 'a space that can express neither still has both, without values for the layers',
    parameters: [layerwise({ scheme: 'prefixDecay', frozenPrefix: { min: 1, max: 1 }, decay: { min: 0.5, max: 0.9 } }), head],
    want: [full({ headLearningRate: 1 }, trained(1e-4, 1)), probe({ headLearningRate: 1 }, frozen(1))],
  },
];
for (const { name, parameters, want } of cases) {
  test(`baselines: ${name}`, () => assert.deepEqual(enqueuedTrials(aSweep({ parameters, enqueue }), model), want));
}

test('baselines: other parameters take the middle of their range or their first choice, and only those in use', () => {
  const parameters = [
    layerwise({ scheme: 'prefix', frozenPrefix: { min: 0, max: 2 } }),
    { name: 'weightDecay', searchSpace: { uniform: { min: 0, max: 0.5 } }, activeWhen: { batchSize: 8 } },
    { name: 'warmup', searchSpace: { uniform: { min: 0, max: 0.5 } }, activeWhen: { batchSize: 16 } },
    { name: 'batchSize', searchSpace: { categorical: { choices: [8, 16] } } },
    { name: 'maxLength', searchSpace: { ordinal: { choices: [32, 48, 64, 128] } } },
    { name: 'clipNorm', searchSpace: { logNormal: { median: 2, standardDeviation: 1 } } },
  ];
  const sweep = aSweep({ parameters, enqueue: ['fullFineTuning'] });
  const [{ assignment }] = enqueuedTrials(sweep, model) as [EnqueuedTrial];
  assert.deepEqual(assignment, {
    'layers.frozenPrefix': 0,
    'layers.learningRate': 1e-4,
    batchSize: 8,
    weightDecay: 0.25,
    maxLength: 48,
    clipNorm: 2,
  });
  assert.ok(contains(searchSpaceOf(sweep.spec.parameters, model), assignment));
});

test('baselines: one layer left out, of full fine-tuning otherwise; the space has no values for it', () => {
  const parameters = [layerwise({ scheme: 'prefix', frozenPrefix: { min: 0, max: 2 } }), head];
  const full = trained(1e-4, 1);
  assert.deepEqual(enqueuedTrials(aSweep({ parameters, enqueue: ['freezeOnly:embeddings', 'freezeOnly:1'] }), model), [
    { name: 'freezeOnly:embeddings', assignment: { headLearningRate: 1 }, layers: full.with(0, { name: 'embeddings', mode: 'frozen' }) },
    { name: 'freezeOnly:1', assignment: { headLearningRate: 1 }, layers: full.with(2, { name: '1', mode: 'frozen' }) },
  ]);
});

test('baselines: nothing enqueued needs no model, anything enqueued does', () => {
  assert.deepEqual(enqueuedTrials(aSweep(), undefined), []);
  assert.throws(() => enqueuedTrials(aSweep({ enqueue }), undefined), {
    name: 'RangeError',
    message: "baseline fullFineTuning: the number of the model's layers must be known",
  });
});

test('baselines: where methods are searched they are fully fine-tuned, whatever comes first', () => {
  const method = { name: 'method', searchSpace: { categorical: { choices: ['dps', 'full'] } } };
  const reserve = { name: 'dps.reserve', searchSpace: { uniform: { min: 0.3, max: 0.9 } }, activeWhen: { method: 'dps' } };
  const prefix = layerwise({ scheme: 'prefix', frozenPrefix: { min: 0, max: 2 } });
  for (const { assignment } of enqueuedTrials(aSweep({ parameters: [prefix, method, reserve], enqueue }), model)) {
    assert.deepEqual([assignment.method, assignment['dps.reserve']], ['full', undefined]);
  }
});
