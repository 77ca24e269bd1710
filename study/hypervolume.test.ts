import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Losses } from './dominance.ts';
import { hypervolume } from './hypervolume.ts';

const cases: readonly { readonly name: string; readonly points: readonly Losses[]; readonly reference: Losses; readonly want: number }[] = [
  { name: 'no point', points: [], reference: [1, 1], want: 0 },
  { name: 'one objective', points: [[3], [2]], reference: [5], want: 3 },
  { name: 'one box', points: [[1, 2]], reference: [3, 5], want: 6 },
  {
    name: 'two boxes that overlap',
    points: [
      [1, 3],
      [2, 2],
    ],
    reference: [4, 4],
    want: 3 + 4 - 2,
  },
  {
    name: 'a point that is dominated, one that is not inside and one that is no number add nothing',
    points: [
      [1, 1],
      [2, 2],
      [0, 4],
      [0, Number.NaN],
    ],
    reference: [4, 4],
    want: 9,
  },
  {
    name: 'three objectives',
    points: [
      [1, 1, 3],
      [3, 3, 1],
    ],
    reference: [4, 4, 4],
    want: 9 + 3 - 1,
  },
];
for (const { name, points, reference, want } of cases) {
  test(`hypervolume: ${name}`, () => assert.equal(hypervolume(points, reference), want));
}
