import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrialOutcome } from '../outcomes.ts';
import { generationsOf } from './generations.ts';

const trial = (number: number, losses: readonly number[], isHopeless = false): TrialOutcome => ({
  trial: number,
  assignment: { x: number },
  losses,
  isHopeless,
});
const running = (number: number) => trial(number, []);
const failed = (number: number, losses: readonly number[] = []) => trial(number, losses, true);

const cases: readonly {
  readonly name: string;
  readonly outcomes: readonly TrialOutcome[];
  readonly want: readonly (readonly number[])[];
}[] = [
  { name: 'none until one is whole', outcomes: [trial(0, [1]), trial(1, [2])], want: [] },
  { name: 'each best first', outcomes: [trial(0, [3]), trial(1, [1]), trial(2, [2])], want: [[1, 2, 0]] },
  {
    name: 'nobody waits for what still runs',
    outcomes: [running(0), trial(1, [1]), trial(2, [2]), running(3), trial(4, [3])],
    want: [[1, 2, 4]],
  },
  { name: 'failures come last', outcomes: [failed(0), trial(1, [1]), failed(2, [0])], want: [[1, 0, 2]] },
  { name: 'where all failed there is no direction', outcomes: [failed(0), failed(1), failed(2), trial(3, [1])], want: [] },
  {
    name: 'compared at the highest rung that each has reached',
    outcomes: [trial(0, [3, 1, 1]), trial(1, [1, 3]), trial(2, [2, 2])],
    want: [[0, 2, 1]],
  },
];
for (const { name, outcomes, want } of cases) {
  test(`cma-es generations: ${name}`, () => {
    assert.deepEqual(
      generationsOf(outcomes, 3).map((assignments) => assignments.map(({ x }) => x)),
      want,
    );
  });
}
