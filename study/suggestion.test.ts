import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suggestionOf } from './suggestion.ts';
import { aSweep } from './testing/builders.ts';

const assignment = { 'layers.frozenPrefix': 1, 'layers.learningRate': 1e-4, 'layers.decay': 1, headLearningRate: 1e-3 };
const from = { sweep: 'default.small.0011aabb', trial: 17 };

test('baselines run first, then enqueued assignments with where they come from, then what the sampler says', () => {
  const sweep = aSweep({ enqueue: ['headOnly'], enqueueAssignments: [{ assignment, from, because: 'it was the best' }] });
  const suggestions = [0, 1, 2].map((trial) => suggestionOf(sweep, { layers: 6 }, trial, [])!);
  assert.deepEqual(
    suggestions.map(({ origin }) => origin),
    [
      { by: 'enqueued', name: 'headOnly' },
      { by: 'assigned', from, because: 'it was the best' },
      { by: 'sampler', seen: 0, panel: true },
    ],
  );
  assert.deepEqual(suggestions[1]!.assignment, assignment);
  assert.deepEqual(
    suggestions[1]!.layers!.map(({ mode }) => mode),
    ['frozen', 'frozen', 'full', 'full', 'full', 'full', 'full', 'full'],
  );
});

test('a tied value of an enqueued assignment follows from the others', () => {
  const parameters = [
    { name: 'rate', searchSpace: { logUniform: { min: 1e-5, max: 1e-1 } } },
    { name: 'headLearningRate', searchSpace: { tied: { to: 'rate', factor: 4 } } },
  ];
  const sweep = aSweep({ parameters, enqueueAssignments: [{ assignment: { rate: 0.25e-2 } }], trialTemplate: { command: ['./train'] } });
  assert.deepEqual(suggestionOf(sweep, undefined, 0, [])!.assignment, { rate: 0.25e-2, headLearningRate: 1e-2 });
});
