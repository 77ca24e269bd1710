/** The examples of docs/search-space.md are sweeps that work. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { layerConfigurationOf } from '../study/layers.ts';
import { checkAgainstModel } from '../study/model-check.ts';
import { suggestionOf } from '../study/suggestion.ts';
import { aSweep } from '../study/testing/builders.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/search-space.md'), 'utf8');
const examples = [...page.matchAll(/```yaml( constraints)?\n(.*?)```/gs)].map(([, kind, text]) => ({
  isConstraints: kind !== undefined,
  value: parse(text!),
}));
const model = { layers: 6 };

for (const [index, { value }] of examples.filter(({ isConstraints }) => !isConstraints).entries()) {
  test(`docs/search-space.md: example ${index + 1} gives a setting for each layer`, () => {
    const sweep = aSweep({ parameters: value });
    checkAgainstModel(sweep, model);
    const { assignment } = suggestionOf(sweep, model, sweep.spec.enqueue.length, [])!;
    assert.equal(layerConfigurationOf(sweep.spec.parameters, assignment, model)!.length, 8);
  });
}

test('docs/search-space.md: the constraints', () => {
  const [constraints] = examples.filter(({ isConstraints }) => isConstraints);
  const prefix = { scheme: 'prefix', frozenPrefix: { min: 0, max: 6 }, learningRate: { min: 1e-5, max: 1e-3 } };
  const parameters = [
    { name: 'layers', searchSpace: { layerwise: prefix } },
    { name: 'headLearningRate', searchSpace: { logUniform: { min: 1e-4, max: 1e-2 } } },
    { name: 'batchSize', searchSpace: { ordinal: { choices: [16, 32, 64] } } },
    { name: 'warmup', searchSpace: { ordinal: { choices: [0, 0.1, 0.2] } } },
  ];
  checkAgainstModel(aSweep({ parameters, constraints: constraints!.value }), model);
});
