import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seededStream } from './random.ts';
import { contains, samplePrior, searchSpaceOf } from './space.ts';
import type { Layerwise } from './spec/layerwise-schema.ts';
import type { Parameter } from './spec/parameter-schema.ts';
import { anySpace } from './testing/spaces.ts';

const learningRate = { min: 1e-5, max: 1e-3 };
const layerwise = (fields: Layerwise): Parameter => ({
  name: 'layers',
  searchSpace: { layerwise: { ...fields, learningRate } },
});
const always = (name: string, domain: object) => ({ name, domain, activeWhen: {} });

test('prefixDecay is searched in three numbers, prefix in two', () => {
  const frozenPrefix = { min: 0, max: 6 };
  const prefix = [
    always('layers.frozenPrefix', { kind: 'int', min: 0, max: 6 }),
    always('layers.learningRate', { kind: 'logUniform', min: 1e-5, max: 1e-3 }),
  ];
  assert.deepEqual(searchSpaceOf([layerwise({ scheme: 'prefix', frozenPrefix })], { layers: 6 }), prefix);
  assert.deepEqual(searchSpaceOf([layerwise({ scheme: 'prefixDecay', frozenPrefix, decay: { min: 0.6, max: 1 } })], { layers: 6 }), [
    ...prefix,
    always('layers.decay', { kind: 'uniform', min: 0.6, max: 1 }),
  ]);
});

test('perLayer has a number for the embeddings and for each layer', () => {
  const domain = { kind: 'frozenOrRate', min: 1e-5, max: 1e-3, frozenProbability: 0.5 };
  const each = (of: object) =>
    ['layers.embeddings', 'layers.0', 'layers.1'].map((name, index) => ({ ...always(name, of), layer: { of: 'layers', index, count: 3 } }));
  assert.deepEqual(searchSpaceOf([layerwise({ scheme: 'perLayer' })], { layers: 2 }), each(domain));

  const frozenPrefix = { min: 0, max: 2 };
  const prefix = always('layers.frozenPrefix', { kind: 'int', min: 0, max: 2 });
  assert.deepEqual(
    searchSpaceOf([layerwise({ scheme: 'perLayer', frozenPrefix })], { layers: 2 }),
    [prefix, ...each({ kind: 'logUniform', ...learningRate })],
    'with a prefix, what is above it learns',
  );
  assert.deepEqual(searchSpaceOf([layerwise({ scheme: 'perLayer', frozenPrefix, frozenProbability: 0.5 })], { layers: 2 }), [
    prefix,
    ...each(domain),
  ]);
});

test('a layerwise parameter without a model is refused', () => {
  assert.throws(() => searchSpaceOf([layerwise({ scheme: 'perLayer' })]), {
    name: 'RangeError',
    message: "parameter layers: the number of the model's layers must be known",
  });
});

test('a parameter stands behind those that its condition names, the others as written', () => {
  const binary = { categorical: { choices: ['on', 'off'] } };
  const space = searchSpaceOf([
    { name: 'c', searchSpace: binary, activeWhen: { b: 'on' } },
    { name: 'b', searchSpace: binary, activeWhen: { a: 'on' } },
    { name: 'd', searchSpace: { int: { min: 1, max: 3 } } },
    { name: 'a', searchSpace: binary },
  ]);
  assert.deepEqual(
    space.map(({ name }) => name),
    ['d', 'a', 'b', 'c'],
  );
});

test('each kind of search space has its domain; a fixed value is the only choice', () => {
  const bell = { mean: 1, standardDeviation: 2 };
  const space = searchSpaceOf([
    { name: 'a', searchSpace: { uniform: { min: 0, max: 1, step: 0.1 } } },
    { name: 'b', searchSpace: { normal: bell } },
    { name: 'c', searchSpace: { logNormal: { median: 1, standardDeviation: 2 } } },
    { name: 'd', searchSpace: { ordinal: { choices: ['low', 'high'] } } },
    { name: 'e', searchSpace: { fixed: { value: 0 } } },
  ]);
  assert.deepEqual(space, [
    always('a', { kind: 'uniform', min: 0, max: 1, step: 0.1 }),
    always('b', { kind: 'normal', ...bell }),
    always('c', { kind: 'logNormal', median: 1, standardDeviation: 2 }),
    always('d', { kind: 'ordinal', choices: ['low', 'high'] }),
    always('e', { kind: 'categorical', choices: [0] }),
  ]);
});

const conditional = searchSpaceOf([
  { name: 'method', searchSpace: { categorical: { choices: ['full', 'dps'] } } },
  { name: 'reserve', searchSpace: { uniform: { min: 0.3, max: 0.9 } }, activeWhen: { method: 'dps' } },
  { name: 'depth', searchSpace: { int: { min: 1, max: 3 } } },
]);
const cases = [
  { name: 'all values in use', assignment: { method: 'dps', reserve: 0.3, depth: 3 }, want: true },
  { name: 'a parameter out of use left out', assignment: { method: 'full', depth: 1 }, want: true },
  { name: 'a value for a parameter out of use', assignment: { method: 'full', reserve: 0.5, depth: 1 }, want: false },
  { name: 'a parameter in use left out', assignment: { method: 'dps', depth: 1 }, want: false },
  { name: 'a value outside its range', assignment: { method: 'dps', reserve: 0.95, depth: 1 }, want: false },
  { name: 'a fraction for a whole number', assignment: { method: 'full', depth: 1.5 }, want: false },
  { name: 'a text for a number', assignment: { method: 'full', depth: '1' }, want: false },
  { name: 'another choice', assignment: { method: 'lora', depth: 1 }, want: false },
  { name: 'a parameter of another space', assignment: { method: 'full', depth: 1, width: 2 }, want: false },
];
for (const { name, assignment, want } of cases) {
  test(`contains: ${name}`, () => assert.equal(contains(conditional, assignment), want));
}

test('a condition on what is out of use itself does not hold', () => {
  const on = { categorical: { choices: ['on', 'off'] } };
  const space = searchSpaceOf([
    { name: 'a', searchSpace: on },
    { name: 'b', searchSpace: on, activeWhen: { a: 'on' } },
    { name: 'c', searchSpace: { uniform: { min: 0, max: 1 } }, activeWhen: { b: 'on' } },
  ]);
  const shapes = new Set(Array.from({ length: 200 }, (_, stream) => Object.keys(samplePrior(space, seededStream(4, stream))).join()));
  assert.deepEqual([...shapes].toSorted(), ['a', 'a,b', 'a,b,c']);
  assert.equal(contains(space, { a: 'off', b: 'on', c: 0.5 }), false);
  assert.equal(contains(space, { a: 'off' }), true);
});

test('every draw lies in its space', () => {
  fc.assert(
    fc.property(anySpace, fc.nat(), (space, seed) => contains(space, samplePrior(space, seededStream(seed, 0)))),
    { numRuns: 300 },
  );
});

test('a layer is frozen in exactly the share of draws that was asked for, else its rate is spread over orders of magnitude', () => {
  const space = searchSpaceOf([layerwise({ scheme: 'perLayer', frozenProbability: 0.3 })], { layers: 1 });
  const rates = Array.from({ length: 4000 }, (_, stream) => Number(samplePrior(space, seededStream(5, stream))['layers.0']));
  const frozen = rates.filter((rate) => rate === 0).length / rates.length;
  assert.ok(Math.abs(frozen - 0.3) < 0.022, `share ${frozen}: three standard errors are 0.022`);
  assertLogUniform(
    rates.filter((rate) => rate > 0),
    learningRate,
  );
});

test('logUniform gives each order of magnitude its share', () => {
  const space = searchSpaceOf([{ name: 'learningRate', searchSpace: { logUniform: learningRate } }]);
  assertLogUniform(
    Array.from({ length: 4000 }, (_, stream) => Number(samplePrior(space, seededStream(6, stream)).learningRate)),
    learningRate,
  );
});

/** Kolmogorov and Smirnov: the largest gap to the straight line exceeds 1.63/√n in one of a hundred samples. */
function assertLogUniform(values: readonly number[], { min, max }: { readonly min: number; readonly max: number }): void {
  const shares = values.map((value) => Math.log(value / min) / Math.log(max / min)).toSorted((a, b) => a - b);
  const gap = Math.max(...shares.map((share, index) => Math.abs(share - (index + 0.5) / shares.length)));
  assert.ok(gap < 1.63 / Math.sqrt(values.length), `gap ${gap} among ${values.length}`);
}
