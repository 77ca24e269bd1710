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
