import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchSpaceOf } from './space.ts';
import type { Parameter } from './spec/parameter-schema.ts';
import { suggestionOf } from './suggestion.ts';
import { aSweep } from './testing/builders.ts';
import { withTied } from './tied.ts';

const tied = (name: string, to: string, more: object = {}): Parameter => ({ name, searchSpace: { tied: { to, ...more } } });

test('a tied parameter has the value of the other, or so many times that', () => {
  const parameters = [tied('b', 'a'), tied('c', 'a', { factor: 4 }), tied('d', 'method')];
  assert.deepEqual(withTied(parameters, { a: 0.5, method: 'full' }), { a: 0.5, method: 'full', b: 0.5, c: 2, d: 'full' });
});

test('a tie to what is out of use, or under a condition that does not hold, is out of use', () => {
  const parameters = [tied('b', 'a'), { ...tied('c', 'x'), activeWhen: { method: 'dps' } }];
  assert.deepEqual(withTied(parameters, { x: 1, method: 'full' }), { x: 1, method: 'full' });
});

test('what is tied is not searched, and reaches trial and layers', () => {
  const layers = {
    name: 'layers',
    searchSpace: { layerwise: { scheme: 'prefix', frozenPrefix: { min: 1, max: 2 }, learningRate: { min: 1e-5, max: 1e-3 } } },
  };
  const sweep = aSweep({
    parameters: [layers, { name: 'headLearningRate', searchSpace: { tied: { to: 'layers.learningRate', factor: 10 } } }],
    enqueue: ['fullFineTuning'],
  });
  assert.deepEqual(
    searchSpaceOf(sweep.spec.parameters, { layers: 2 }).map(({ name }) => name),
    ['layers.frozenPrefix', 'layers.learningRate'],
  );
  for (const trial of [0, 1]) {
    const { assignment, layers: configuration } = suggestionOf(sweep, { layers: 2 }, trial, [])!;
    const head = configuration!.at(-1)!;
    const rate = trial === 0 ? 1e-4 : Number(assignment['layers.learningRate']); // the baseline lies outside the space
    assert.deepEqual(head, { name: 'head', mode: 'full', learningRate: rate * 10 });
    assert.equal(assignment.headLearningRate, trial === 0 ? undefined : rate * 10);
  }
});
