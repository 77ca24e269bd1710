import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasEffect } from './layerwise.ts';
import { searchSpaceOf } from './space.ts';

const space = searchSpaceOf(
  [
    {
      name: 'layers',
      searchSpace: { layerwise: { scheme: 'perLayer', frozenPrefix: { min: 0, max: 2 }, learningRate: { min: 1e-5, max: 1e-3 } } },
    },
  ],
  { layers: 2 },
);
const inEffect = (prefix: number) =>
  space.filter((dimension) => hasEffect(dimension, { 'layers.frozenPrefix': prefix })).map(({ name }) => name.replace('layers.', ''));

for (const [prefix, want] of [
  [0, ['frozenPrefix', 'embeddings', '0', '1']],
  [1, ['frozenPrefix', '1']],
  [2, ['frozenPrefix']],
] as const) {
  test(`a prefix of ${prefix} leaves these with an effect: ${want}`, () => assert.deepEqual(inEffect(prefix), want));
}

test('without a prefix all layers have an effect', () => {
  assert.ok(space.every((dimension) => hasEffect(dimension, {})));
});
