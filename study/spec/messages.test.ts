import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSweep } from '../spec.ts';
import { writtenSweep } from '../testing/builders.ts';
import { prefix, wrongSweeps } from '../testing/wrong-sweeps.ts';
import { SpecError } from './problem.ts';

test('a range that comes in whole steps will do for a count', () => {
  const batchSize = { name: 'batchSize', searchSpace: { logUniform: { min: 8, max: 64, step: 8 } } };
  assert.equal(messageOf(writtenSweep({ parameters: [prefix, batchSize] })), 'nothing wrong');
});

for (const { name, spec, want } of wrongSweeps) {
  test(`a wrong sweep: ${name}`, () => {
    assert.equal(messageOf(writtenSweep(spec)), want);
  });
}

const wholes: readonly { readonly name: string; readonly value: unknown; readonly want: string }[] = [
  { name: 'an empty file', value: null, want: 'must be a mapping, got null' },
  { name: 'another kind', value: { ...writtenSweep(), kind: 'Trial' }, want: 'kind: must be Sweep, got "Trial"' },
  {
    name: 'another version',
    value: { ...writtenSweep(), apiVersion: 'v1' },
    want: 'apiVersion: must be permafrost.dev/v1alpha1, got "v1"',
  },
  {
    name: 'a name that is no DNS label',
    value: { ...writtenSweep(), metadata: { name: 'My_Sweep' } },
    want: 'metadata.name: must be a DNS label: lower-case letters, digits and dashes, at most 63, no dash at either end, got "My_Sweep"',
  },
  { name: 'a stray field beside spec', value: { ...writtenSweep(), specs: {} }, want: 'specs: is not a known field; did you mean spec?' },
];
for (const { name, value, want } of wholes) {
  test(`a wrong sweep: ${name}`, () => assert.equal(messageOf(value), want));
}

function messageOf(value: unknown): string {
  try {
    parseSweep(value);
  } catch (error) {
    if (error instanceof SpecError) return error.message;
    throw error;
  }
  return 'nothing wrong';
}
