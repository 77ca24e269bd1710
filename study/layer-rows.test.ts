import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerRows } from './layer-rows.ts';
import type { LayerConfiguration } from './trial.ts';

test('neighbours that are treated alike share a row; the head has its own', () => {
  const layers: LayerConfiguration = [
    { name: 'embeddings', mode: 'frozen' },
    { name: '0', mode: 'frozen' },
    { name: '1', mode: 'bias', learningRate: 1e-3 },
    { name: '2', mode: 'full', learningRate: 2e-4 },
    { name: '3', mode: 'full', learningRate: 2e-4 },
    { name: '4', mode: 'full', learningRate: 2e-4, reinitialise: true },
    {
      name: '5',
      mode: 'mixed',
      parts: [
        { name: 'attention', mode: 'full', learningRate: 2e-4 },
        { name: 'feedForward', mode: 'frozen' },
        { name: 'norm', mode: 'full', learningRate: 1e-4 },
      ],
    },
    { name: '6', mode: 'frozen' },
    { name: '7', mode: 'full', learningRate: 2e-4 },
    { name: 'head', mode: 'full', learningRate: 2e-4 },
  ];
  assert.deepEqual(
    layerRows(layers).map((row) => `${row.layers}: ${row.mode} ${row.learningRate}`.trim()),
    [
      'embeddings–0: frozen',
      '1: bias 1.00e-3',
      '2–3: full 2.00e-4',
      '4: full, reinitialised 2.00e-4',
      '5: mixed attention 2.00e-4, feedForward frozen, norm 1.00e-4',
      '6: frozen',
      '7: full 2.00e-4',
      'head: full 2.00e-4',
    ],
  );
});
