import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchSpace } from '../dimension.ts';
import type { Assignment } from '../trial.ts';
import { bestEarlier } from './best-earlier.ts';
import type { EarlierTrial } from './earlier-trials.ts';

const space: SearchSpace = [{ name: 'x', activeWhen: {}, domain: { kind: 'uniform', min: 0, max: 1 } }];
const reported = (sweep: string, trial: number, assignment: Assignment, steps: number, loss: number): EarlierTrial => ({
  sweep,
  trial,
  assignment,
  outcome: { kind: 'reported', steps, loss },
});
const failed = (sweep: string, trial: number, assignment: Assignment): EarlierTrial => ({
  sweep,
  trial,
  assignment,
  outcome: { kind: 'failed' },
});

test('those trained longest come first, then the lower mean loss; the newest trial tells of a configuration', () => {
  const trials = [
    reported('monday', 0, { x: 0.1 }, 90, 0.3),
    reported('monday', 1, { x: 0.2 }, 90, 0.25), // lucky once
    reported('monday', 2, { x: 0.3 }, 30, 0),
    reported('tuesday', 0, { x: 0.2 }, 90, 0.75),
    reported('tuesday', 1, { x: 0.1 }, 30, 0.9), // stopped early the second time
  ];
  assert.deepEqual(bestEarlier(space, trials), [
    { assignment: { x: 0.1 }, from: { sweep: 'monday', trial: 0 }, steps: 90, loss: 0.3, trials: 1 },
    { assignment: { x: 0.2 }, from: { sweep: 'tuesday', trial: 0 }, steps: 90, loss: 0.5, trials: 2 },
    { assignment: { x: 0.3 }, from: { sweep: 'monday', trial: 2 }, steps: 30, loss: 0, trials: 1 },
  ]);
});

test('what failed once, and what is outside the space, is no good start', () => {
  const trials = [
    reported('monday', 0, { x: 0.1 }, 90, 0.1),
    failed('tuesday', 0, { x: 0.1 }),
    reported('monday', 1, { x: 2 }, 90, 0.1),
    reported('monday', 2, { y: 0.1 }, 90, 0.1),
    reported('monday', 3, {}, 90, 0.1),
  ];
  assert.deepEqual(bestEarlier(space, trials), []);
});
