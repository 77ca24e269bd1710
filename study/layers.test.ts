import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerConfigurationOf } from './layers.ts';
import type { Parameter } from './spec/parameter-schema.ts';
import type { Assignment } from './trial.ts';

const ranges = { frozenPrefix: { min: 0, max: 6 }, learningRate: { min: 1e-5, max: 1 } };
const prefix: Parameter = { name: 'layers', searchSpace: { layerwise: { scheme: 'prefix', ...ranges } } };
const prefixDecay: Parameter = {
  name: 'layers',
  searchSpace: { layerwise: { scheme: 'prefixDecay', ...ranges, decay: { min: 0.1, max: 1 } } },
};
const perLayer: Parameter = { name: 'layers', searchSpace: { layerwise: { scheme: 'perLayer', learningRate: ranges.learningRate } } };
const learningRate: Parameter = { name: 'learningRate', searchSpace: { logUniform: { min: 1e-5, max: 1 } } };

/** Rates from the bottom: embeddings, four layers, head; `-` is frozen. Powers of two, so that products are exact. */
const cases: readonly { readonly name: string; readonly parameter: Parameter; readonly assignment: Assignment; readonly want: string }[] = [
  {
    name: 'without a prefix everything learns, the embeddings too',
    parameter: prefix,
    assignment: { 'layers.frozenPrefix': 0, 'layers.learningRate': 0.5 },
    want: '0.5 0.5 0.5 0.5 0.5 | 0.5',
  },
  {
    name: 'a prefix of one is the embeddings and layer 0',
    parameter: prefix,
    assignment: { 'layers.frozenPrefix': 1, 'layers.learningRate': 0.5 },
    want: '- - 0.5 0.5 0.5 | 0.5',
  },
  {
    name: 'a prefix of all layers leaves the head',
    parameter: prefix,
    assignment: { 'layers.frozenPrefix': 4, 'layers.learningRate': 0.5 },
    want: '- - - - - | 0.5',
  },
  {
    name: 'the head has a rate of its own if there is one',
    parameter: prefix,
    assignment: { 'layers.frozenPrefix': 3, 'layers.learningRate': 0.5, headLearningRate: 0.25 },
    want: '- - - - 0.5 | 0.25',
  },
  {
    name: 'with decay each layer has half the rate of the next, the embeddings half of layer 0',
    parameter: prefixDecay,
    assignment: { 'layers.frozenPrefix': 0, 'layers.learningRate': 0.5, 'layers.decay': 0.5 },
    want: '0.03125 0.0625 0.125 0.25 0.5 | 0.5',
  },
  {
    name: 'a frozen prefix does not change the rates above it',
    parameter: prefixDecay,
    assignment: { 'layers.frozenPrefix': 2, 'layers.learningRate': 0.5, 'layers.decay': 0.5, headLearningRate: 1 },
    want: '- - - 0.25 0.5 | 1',
  },
  {
    name: 'per layer each has its own, and 0 is frozen',
    parameter: perLayer,
    assignment: { 'layers.embeddings': 0, 'layers.0': 0.125, 'layers.1': 0, 'layers.2': 0.5, 'layers.3': 0, headLearningRate: 0.25 },
    want: '- 0.125 - 0.5 - | 0.25',
  },
  {
    name: 'per layer with a prefix, the rates below its end have no effect',
    parameter: { name: 'layers', searchSpace: { layerwise: { scheme: 'perLayer', ...ranges } } },
    assignment: {
      'layers.frozenPrefix': 2,
      'layers.embeddings': 1,
      'layers.0': 0.125,
      'layers.1': 1,
      'layers.2': 0.5,
      'layers.3': 0.25,
      headLearningRate: 0.125,
    },
    want: '- - - 0.5 0.25 | 0.125',
  },
  {
    name: 'a plain learning rate is that of all layers',
    parameter: learningRate,
    assignment: { learningRate: 0.5, headLearningRate: 1 },
    want: '0.5 0.5 0.5 0.5 0.5 | 1',
  },
];
for (const { name, parameter, assignment, want } of cases) {
  test(`layers: ${name}`, () => assert.equal(shown([parameter], assignment), want));
}

test('layers go by their names, bottom to top', () => {
  const assignment = { 'layers.frozenPrefix': 1, 'layers.learningRate': 0.5 };
  assert.deepEqual(layerConfigurationOf([prefix], assignment, { layers: 2 }), [
    { name: 'embeddings', mode: 'frozen' },
    { name: '0', mode: 'frozen' },
    { name: '1', mode: 'full', learningRate: 0.5 },
    { name: 'head', mode: 'full', learningRate: 0.5 },
  ]);
});

test('an assignment that says nothing about layers has no layer configuration', () => {
  const other: Parameter = { name: 'depth', searchSpace: { int: { min: 1, max: 3 } } };
  assert.equal(layerConfigurationOf([other], { depth: 2 }, { layers: 4 }), undefined);
  assert.equal(layerConfigurationOf([learningRate], { learningRate: 0.5 }, undefined), undefined);
});

test('a layerwise parameter needs all its values and the model', () => {
  assert.throws(() => layerConfigurationOf([prefix], { 'layers.learningRate': 0.5 }, { layers: 4 }), {
    name: 'RangeError',
    message: 'assignment: layers.frozenPrefix must be a number, got nothing',
  });
  assert.throws(() => layerConfigurationOf([prefix], {}, undefined), {
    name: 'RangeError',
    message: "parameter layers: the number of the model's layers must be known",
  });
});

function shown(parameters: readonly Parameter[], assignment: Assignment): string {
  const rates = layerConfigurationOf(parameters, assignment, { layers: 4 })!.map((layer) =>
    'learningRate' in layer ? layer.learningRate : '-',
  );
  return `${rates.slice(0, -1).join(' ')} | ${rates.at(-1)}`;
}
