import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Domain } from './dimension.ts';
import { fromUnit, holds, levelsOf, placeIn } from './domain.ts';
import { anySpace } from './testing/spaces.ts';
import type { Value } from './trial.ts';

const units = [0, 0.2, 0.4, 0.6, 0.8, 1 - 2 ** -53];
const rate = { kind: 'frozenOrRate', min: 1, max: 16, frozenProbability: 0.5 } as const;
const draws: readonly { readonly name: string; readonly domain: Domain; readonly want: readonly Value[] }[] = [
  { name: 'uniform', domain: { kind: 'uniform', min: 10, max: 20 }, want: [10, 12, 14, 16, 18, 20 - 2 ** -49] },
  {
    name: 'uniform by steps: each value equally likely, the last below max',
    domain: { kind: 'uniform', min: 0.1, max: 0.75, step: 0.3 },
    want: [0.1, 0.1, 0.4, 0.4, 0.7, 0.7],
  },
  { name: 'int', domain: { kind: 'int', min: -1, max: 3 }, want: [-1, 0, 1, 2, 3, 3] },
  { name: 'int by steps', domain: { kind: 'int', min: 1, max: 6, step: 2 }, want: [1, 1, 3, 3, 5, 5] },
  { name: 'logUniform by steps: rounded', domain: { kind: 'logUniform', min: 1, max: 32, step: 1 }, want: [1, 2, 4, 8, 16, 32] },
  { name: 'categorical', domain: { kind: 'categorical', choices: ['a', 'b'] }, want: ['a', 'a', 'a', 'b', 'b', 'b'] },
  { name: 'ordinal', domain: { kind: 'ordinal', choices: [8, 16, 64] }, want: [8, 8, 16, 16, 64, 64] },
];
for (const { name, domain, want } of draws) {
  test(`fromUnit: ${name}`, () =>
    assert.deepEqual(
      units.map((unit) => fromUnit(domain, unit)),
      want,
    ));
}

test('fromUnit: normal and logNormal by their quantiles, never infinite', () => {
  const normal: Domain = { kind: 'normal', mean: 10, standardDeviation: 2 };
  const logNormal: Domain = { kind: 'logNormal', median: 100, standardDeviation: Math.log(10) };
  assert.equal(fromUnit(normal, 0.5), 10);
  assert.ok(Math.abs(Number(fromUnit(normal, 0.8413447460685429)) - 12) < 1e-12);
  assert.equal(fromUnit(logNormal, 0.5), 100);
  assert.ok(Math.abs(Number(fromUnit(logNormal, 0.15865525393145707)) - 10) < 1e-10);
  for (const unit of [0, 1]) assert.ok(holds(normal, fromUnit(normal, unit)) && holds(logNormal, fromUnit(logNormal, unit)));
});

test('fromUnit: frozen in its share, above it the rates', () => {
  assert.deepEqual(
    [0, 0.499, 0.5, 0.75].map((unit) => fromUnit(rate, unit)),
    [0, 0, 1, 4],
  );
});

const held: readonly { readonly name: string; readonly domain: Domain; readonly value: Value; readonly want: boolean }[] = [
  { name: 'a value on a step', domain: { kind: 'uniform', min: 0, max: 1, step: 0.1 }, value: 0.3, want: true },
  { name: 'a value between two steps', domain: { kind: 'uniform', min: 0, max: 1, step: 0.1 }, value: 0.35, want: false },
  { name: 'max between two steps', domain: { kind: 'int', min: 1, max: 6, step: 2 }, value: 6, want: false },
  { name: 'a fraction for a whole number', domain: { kind: 'int', min: 1, max: 6 }, value: 1.5, want: false },
  { name: 'any number for normal', domain: { kind: 'normal', mean: 0, standardDeviation: 1 }, value: 1e9, want: true },
  { name: 'infinity for normal', domain: { kind: 'normal', mean: 0, standardDeviation: 1 }, value: Number.POSITIVE_INFINITY, want: false },
  { name: '0 for logNormal', domain: { kind: 'logNormal', median: 1, standardDeviation: 1 }, value: 0, want: false },
  { name: 'a text for a number', domain: { kind: 'normal', mean: 0, standardDeviation: 1 }, value: '1', want: false },
  { name: 'a choice', domain: { kind: 'ordinal', choices: [8, 16] }, value: 16, want: true },
  { name: 'frozen', domain: rate, value: 0, want: true },
  { name: 'below the smallest rate', domain: rate, value: 0.5, want: false },
];
for (const { name, domain, value, want } of held) {
  test(`holds: ${name}`, () => assert.equal(holds(domain, value), want));
}

test('levelsOf: all values of a range with steps, none of a continuous one', () => {
  assert.deepEqual([...levelsOf({ kind: 'uniform', min: 0.1, max: 0.7, step: 0.1 })!], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
  assert.deepEqual([...levelsOf({ kind: 'ordinal', choices: ['a', 'b'] })!], ['a', 'b']);
  assert.equal(levelsOf({ kind: 'logUniform', min: 1, max: 2 }), undefined);
});

test('placeIn: the way back from fromUnit, for a draw of any domain', () => {
  fc.assert(
    fc.property(anySpace, fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true }), ([dimension], unit) => {
      const { domain } = dimension!;
      const { low, high } = placeIn(domain, fromUnit(domain, unit));
      assert.ok(low - 1e-9 <= unit && unit <= high + 1e-9, `${unit} became ${fromUnit(domain, unit)}, which lies in ${low} to ${high}`);
      if (low < high) assert.equal(fromUnit(domain, (low + high) / 2), fromUnit(domain, unit));
    }),
    { numRuns: 500 },
  );
});
