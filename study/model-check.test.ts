import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAgainstModel } from './model-check.ts';
import { aSweep } from './testing/builders.ts';

test('a prefix within the model is fine', () => {
  assert.equal(checkAgainstModel(aSweep(), { layers: 6 }), undefined);
});

test('a prefix beyond the model names field, limit and value', () => {
  assert.throws(() => checkAgainstModel(aSweep(), { layers: 4 }), {
    name: 'SpecError',
    message: "spec.parameters[0].searchSpace.layerwise.frozenPrefix.max: must be <= 4, the number of the model's layers, got 6",
  });
});

test('a layerwise parameter needs a known model, others do not', () => {
  assert.throws(() => checkAgainstModel(aSweep(), undefined), {
    name: 'SpecError',
    message:
      'spec.parameters[0].searchSpace.layerwise: needs a model whose layers can be counted; name its folder in spec.trialTemplate.trainer.model',
  });
  const plain = { parameters: [{ name: 'learningRate', searchSpace: { logUniform: { min: 1e-5, max: 1e-3 } } }] };
  assert.equal(checkAgainstModel(aSweep(plain), undefined), undefined);
});

const layerwise = (fields: object) => ({
  name: 'layers',
  searchSpace: { layerwise: { learningRate: { min: 1e-5, max: 1e-3 }, ...fields } },
});
const head = { name: 'headLearningRate', searchSpace: { logUniform: { min: 1e-4, max: 1e-2 } } };
const prefix = layerwise({ scheme: 'prefix', frozenPrefix: { min: 0, max: 4 } });
const perLayer = layerwise({ scheme: 'perLayer' });

const assigned = { 'layers.frozenPrefix': 1, 'layers.learningRate': 1e-4, headLearningRate: 1e-3 };

const refused: readonly { readonly name: string; readonly spec: Readonly<Record<string, unknown>>; readonly message: string }[] = [
  {
    name: 'more reinitialised layers than there are',
    spec: { parameters: [layerwise({ scheme: 'prefixReinit', frozenPrefix: { min: 0, max: 2 }, reinit: { min: 0, max: 5 } })] },
    message: "spec.parameters[0].searchSpace.layerwise.reinit.max: must be <= 4, the number of the model's layers, got 5",
  },
  {
    name: 'a rank for a layer that is not there',
    spec: {
      parameters: [prefix, head],
      trialTemplate: { trainer: { model: './model', data: './data', method: 'lora', lora: { rank: { others: 0, 3: 4, 4: 8 } } } },
    },
    message: 'spec.trialTemplate.trainer.lora.rank: 4 is no layer of the model, whose last one is 3',
  },
  {
    name: 'a searched setting of a layer that is not there',
    spec: {
      parameters: [prefix, head, { name: 'mixout.rate.4', searchSpace: { uniform: { min: 0, max: 0.9 } } }],
      trialTemplate: { trainer: { model: './model', data: './data', method: 'mixout' } },
    },
    message: 'spec.parameters[2].name: 4 is no layer of the model, whose last one is 3',
  },
  {
    name: 'adapters above the model',
    spec: {
      parameters: [prefix, head],
      trialTemplate: { trainer: { model: './model', data: './data', method: 'adapters', adapters: { from: 4 } } },
    },
    message: "spec.trialTemplate.trainer.adapters.from: must be below 4, the number of the model's layers, got 4",
  },
  {
    name: 'more chosen layers than there are',
    spec: {
      parameters: [prefix, head],
      trialTemplate: { trainer: { model: './model', data: './data', method: 'surgical', surgical: { layers: 5 } } },
    },
    message: "spec.trialTemplate.trainer.surgical.layers: must be at most 4, the number of the model's layers, got 5",
  },
  {
    name: 'an order that is for another model',
    spec: {
      parameters: [prefix, head],
      trialTemplate: { trainer: { model: './model', data: './data', method: 'guidedDropout', guidedDropout: { order: 'published' } } },
    },
    message:
      'spec.trialTemplate.trainer.guidedDropout.order: must be fisher: published is for BERT-base, which has 12 layers, got "published"',
  },
  {
    name: 'blocks larger than the model',
    spec: { parameters: [layerwise({ scheme: 'blocks', blockSize: 5 }), head] },
    message: "spec.parameters[0].searchSpace.layerwise.blockSize: must be <= 4, the number of the model's layers, got 5",
  },
  {
    name: 'blocks that do not make the model',
    spec: { parameters: [layerwise({ scheme: 'blocks', blockSizes: [1, 2] }), head] },
    message:
      "spec.parameters[0].searchSpace.layerwise.blockSizes: must be sizes that make 4 together, the number of the model's layers, got [1,2]",
  },
  {
    name: 'a constraint on a part of the layers that is not there',
    spec: { parameters: [prefix, head], constraints: [{ ordered: ['layers.learningrate', 'headLearningRate'] }] },
    message: 'spec.constraints[0]: layers.learningrate is not searched; did you mean layers.learningRate?',
  },
  {
    name: 'a constraint on the mode of a block as a number',
    spec: {
      parameters: [
        { name: 'layers', searchSpace: { layerwise: { scheme: 'modes', blockSize: 2, modes: { full: { min: 1e-5, max: 1e-3 } } } } },
        head,
      ],
      constraints: [{ ordered: ['layers.block0', 'headLearningRate'] }],
    },
    message: 'spec.constraints[0]: layers.block0 is a choice, not a number',
  },
  {
    name: 'a tie to a layer that can be frozen',
    spec: { parameters: [perLayer, { name: 'headLearningRate', searchSpace: { tied: { to: 'layers.3' } } }] },
    message: 'spec.parameters[1].searchSpace.tied.to: layers.3 is 0 in trials that freeze the layer; tie to a rate that is always there',
  },
  {
    name: 'constraints that leave next to nothing',
    spec: { parameters: [prefix, head], constraints: [{ linear: { terms: { 'layers.frozenPrefix': 1 }, min: 5 } }] },
    message: 'spec.constraints: leave 0 of 1000 random draws; loosen them, or narrow the ranges to what they allow',
  },
  {
    name: 'a baseline that breaks a constraint',
    spec: {
      parameters: [prefix, head],
      constraints: [{ linear: { terms: { 'layers.frozenPrefix': 1 }, min: 1 } }],
      enqueue: ['headOnly', 'fullFineTuning'],
    },
    message: 'spec.enqueue[1]: fullFineTuning breaks a constraint (1 <= layers.frozenPrefix): layers.frozenPrefix=0; leave it out',
  },
  {
    name: 'a baseline without a layer that is not there',
    spec: { parameters: [prefix, head], enqueue: ['freezeOnly:3', 'freezeOnly:4'] },
    message: 'spec.enqueue[1]: must be a layer of the model, embeddings or 0 to 3, got "freezeOnly:4"',
  },
  {
    name: 'an enqueued assignment without one of its values',
    spec: { parameters: [prefix, head], enqueueAssignments: [{ assignment: { 'layers.frozenPrefix': 1, 'layers.learningRate': 1e-4 } }] },
    message: 'spec.enqueueAssignments[0].assignment.headLearningRate: must be given, for it is searched, got nothing',
  },
  {
    name: 'an enqueued assignment with a value that nothing searches',
    spec: {
      parameters: [prefix, head],
      enqueueAssignments: [{ assignment: assigned }, { assignment: { ...assigned, headlearningRate: 1 } }],
    },
    message:
      'spec.enqueueAssignments[1].assignment.headlearningRate: is not searched beside the other values; did you mean headLearningRate?',
  },
  {
    name: 'an enqueued value outside its range',
    spec: { parameters: [prefix, head], enqueueAssignments: [{ assignment: { ...assigned, 'layers.frozenPrefix': 5 } }] },
    message: 'spec.enqueueAssignments[0].assignment.layers.frozenPrefix: must be a value of its search space, got 5',
  },
  {
    name: 'an enqueued assignment that breaks a constraint',
    spec: {
      parameters: [prefix, head],
      constraints: [{ linear: { terms: { 'layers.frozenPrefix': 1 }, min: 1 } }],
      enqueueAssignments: [{ assignment: { ...assigned, 'layers.frozenPrefix': 0 } }],
    },
    message: 'spec.enqueueAssignments[0].assignment: breaks a constraint (1 <= layers.frozenPrefix); leave it out',
  },
];
for (const { name, spec, message } of refused) {
  test(`refused with its model: ${name}`, () =>
    assert.throws(() => checkAgainstModel(aSweep({ enqueue: [], ...spec }), { layers: 4 }), { name: 'SpecError', message }));
}

test('constraints and ties between layers and others are fine', () => {
  const parameters = [prefix, { name: 'headLearningRate', searchSpace: { tied: { to: 'layers.learningRate', factor: 10 } } }];
  const constraints = [{ linear: { terms: { 'layers.frozenPrefix': 1, 'layers.learningRate': 1000 }, max: 4 } }];
  assert.equal(checkAgainstModel(aSweep({ parameters, constraints }), { layers: 4 }), undefined);
});

test('an enqueued assignment of the space is fine', () => {
  assert.equal(
    checkAgainstModel(aSweep({ parameters: [prefix, head], enqueueAssignments: [{ assignment: assigned }] }), { layers: 4 }),
    undefined,
  );
});
