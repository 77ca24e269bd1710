import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSweep } from '../spec.ts';
import { writtenSweep } from './builders.ts';
import { rightSweeps } from './right-sweeps.ts';

for (const [name, spec] of Object.entries(rightSweeps)) {
  test(`a right sweep: ${name}`, () => assert.deepEqual(parseSweep(writtenSweep(spec)).metadata.name, 'small'));
}
