import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aSweep } from '../testing/builders.ts';
import { warningsOf } from './warnings.ts';

const grid = { name: 'grid', steps: 2 }; // over 7 prefixes, 2 rates, 2 decays and 2 rates of the head: 56 points
const rungs = { minResource: 50, maxResource: 450 }; // 50, 150 and 450 steps

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
  {
    name: 'a sampler that has learnt enough when all is over',
    spec: { searchAlgorithm: { name: 'tpe' }, numTrials: 10 },
    want: ['spec.searchAlgorithm.startupTrials: 10 is not less than the 10 trials of numTrials, so none is learnt from'],
  },
  {
    name: 'a genetic algorithm whose first generation is the last',
    spec: { searchAlgorithm: { name: 'nsga2', startupTrials: 20 }, numTrials: 20 },
    want: ['spec.searchAlgorithm.startupTrials: 20 is not less than the 20 trials of numTrials, so none is learnt from'],
  },
  { name: 'a sampler that has one trial to use it', spec: { searchAlgorithm: { name: 'tpe' }, numTrials: 11 }, want: [] },
  {
    name: 'as many startup trials as there are trials',
    spec: { pruneAlgorithm: { ...rungs, name: 'median' }, numTrials: 5 },
    want: ['spec.pruneAlgorithm.startupTrials: 5 is not less than the 5 trials of numTrials, so none is stopped early'],
  },
  { name: 'fewer startup trials', spec: { pruneAlgorithm: { ...rungs, name: 'median' }, numTrials: 6 }, want: [] },
  {
    name: 'patience that outlasts the rungs',
    spec: { pruneAlgorithm: { ...rungs, name: 'patience', patience: 2 } },
    want: ['spec.pruneAlgorithm.patience: 2 is not less than the 2 rungs before the last, so no trial is stopped early'],
  },
  {
    name: 'GPU-hours where there is no GPU',
    spec: { budget: { gpuHours: 4 }, trialTemplate: { trainer: { model: 'm', data: 'd', device: 'cpu' } } },
    want: ['spec.budget.gpuHours: trainer.device is cpu, so no GPU-hour is ever spent; use budget.duration'],
  },
  {
    name: 'an end that does not wait for what runs',
    spec: {
      searchAlgorithm: { name: 'gp' },
      numTrials: 20,
      parallelTrials: 8,
      budget: { noExpectedImprovement: { below: 0.01, trials: 7 } },
    },
    want: [
      'spec.budget.noExpectedImprovement.trials: 7 is less than the 8 of parallelTrials, so the search may end before what runs has reported',
    ],
  },
  {
    name: 'an end that does',
    spec: {
      searchAlgorithm: { name: 'gp' },
      numTrials: 20,
      parallelTrials: 8,
      budget: { noExpectedImprovement: { below: 0.01, trials: 8 } },
    },
    want: [],
  },
  {
    name: 'a curve of one point',
    spec: { pruneAlgorithm: { name: 'curve', minResource: 150, maxResource: 450 } },
    want: ['spec.pruneAlgorithm.name: curve with fewer than 3 rungs stops no trial early; lower minResource'],
  },
  { name: 'a curve of two points', spec: { pruneAlgorithm: { ...rungs, name: 'curve' } }, want: [] },
  {
    name: 'a ceiling that cannot rise',
    spec: { pruneAlgorithm: { name: 'pasha', minResource: 150, maxResource: 450 } },
    want: ['spec.pruneAlgorithm.name: pasha with fewer than 3 rungs is asha; lower minResource'],
  },
  { name: 'a ceiling that can', spec: { pruneAlgorithm: { ...rungs, name: 'pasha' } }, want: [] },
  { name: 'patience that ends in time', spec: { pruneAlgorithm: { ...rungs, name: 'patience', patience: 1 } }, want: [] },
];
for (const { name, spec, want } of cases) {
  test(`warnings: ${name}`, () => assert.deepEqual(warningsOf(aSweep(spec), { layers: 6 }), want));
}
