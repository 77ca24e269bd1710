import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aSweep } from '../testing/builders.ts';
import { warningsOf } from './warnings.ts';

const grid = { name: 'grid', steps: 2 }; // over 7 prefixes, 2 rates, 2 decays and 2 rates of the head: 56 points

const cases = [
  { name: 'nothing to warn of', spec: { numTrials: 4, parallelTrials: 4 }, want: [] },
  {
    name: 'more at a time than in all',
    spec: { numTrials: 4, parallelTrials: 5 },
    want: ['spec.parallelTrials: 5 is more than the 4 trials of numTrials'],
  },
  { name: 'a grid that numTrials covers', spec: { searchAlgorithm: grid, numTrials: 56 }, want: [] },
  {
    name: 'a grid that is cut short',
    spec: { searchAlgorithm: grid, numTrials: 55 },
    want: ['spec.numTrials: 55 trials do not cover the grid; the last points are left out'],
  },
  {
    name: 'a grid that the baselines cut short',
    spec: { searchAlgorithm: grid, numTrials: 56, enqueue: ['headOnly'] },
    want: ['spec.numTrials: 56 trials do not cover the grid; the last points are left out'],
  },
];
for (const { name, spec, want } of cases) {
  test(`warnings: ${name}`, () => assert.deepEqual(warningsOf(aSweep(spec), { layers: 6 }), want));
}
