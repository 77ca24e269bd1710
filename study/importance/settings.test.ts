import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchSpaceOf } from '../space.ts';
import { searchedDimensions, settingsOf } from './settings.ts';

const learningRate = { min: 1e-5, max: 1e-3 };

test('a layer is asked about in two aspects, its rate only where it is trained', () => {
  const space = searchSpaceOf([{ name: 'layers', searchSpace: { layerwise: { scheme: 'perLayer', learningRate } } }], { layers: 1 });
  const trials = [
    { 'layers.embeddings': 0, 'layers.0': 1e-4 },
    { 'layers.embeddings': 1e-5, 'layers.0': 0 },
  ];
  const settings = searchedDimensions(space, trials).flatMap(settingsOf);
  assert.deepEqual(
    settings.map(({ dimension, aspect, positions }) => [dimension.name, aspect, positions]),
    [
      ['layers.embeddings', 'frozen', [0.75, 0.25]],
      ['layers.embeddings', 'rate', [undefined, 0]],
      ['layers.0', 'frozen', [0.25, 0.75]],
      ['layers.0', 'rate', [0.5, undefined]],
    ],
  );
  assert.deepEqual(settings[1]!.group, [
    [0, -0.5],
    [0, 0.25 - 1 / 12],
  ]);
});

test('the rate of a layer below the frozen prefix does not count', () => {
  const layerwise = { scheme: 'perLayer', learningRate, frozenPrefix: { min: 0, max: 1 } } as const;
  const space = searchSpaceOf([{ name: 'layers', searchSpace: { layerwise } }], { layers: 2 });
  const rates = { 'layers.embeddings': 1e-4, 'layers.0': 1e-4, 'layers.1': 1e-4 };
  const trials = [
    { 'layers.frozenPrefix': 0, ...rates },
    { 'layers.frozenPrefix': 1, ...rates },
  ];
  assert.deepEqual(
    searchedDimensions(space, trials).map(({ values }) => values),
    [
      [0, 1],
      [1e-4, undefined],
      [1e-4, undefined],
      [1e-4, 1e-4],
    ],
  );
});

test('choices are columns of their own, and what cannot vary is left out', () => {
  const space = searchSpaceOf([
    { name: 'method', searchSpace: { categorical: { choices: ['full', 'bias'] } } },
    { name: 'batch', searchSpace: { fixed: { value: 16 } } },
  ]);
  const settings = searchedDimensions(space, [
    { method: 'full', batch: 16 },
    { method: 'bias', batch: 16 },
  ]).flatMap(settingsOf);
  assert.deepEqual(
    settings.map(({ dimension, group, positions }) => [dimension.name, group, positions]),
    [
      [
        'method',
        [
          [1, 0],
          [0, 1],
        ],
        [undefined, undefined],
      ],
    ],
  );
});
