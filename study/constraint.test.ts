import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenConstraint, constraintOf, constraintText, isKept } from './constraint.ts';
import { seededStream } from './random.ts';
import { keepingConstraints } from './samplers/keeping-constraints.ts';
import { contains, samplePrior, searchSpaceOf } from './space.ts';
import type { DeclaredConstraint } from './spec/constraint-schema.ts';
import type { Parameter } from './spec/parameter-schema.ts';
import type { Assignment } from './trial.ts';

const rising: DeclaredConstraint = { ordered: ['a', 'b', 'c'] };
const sum: DeclaredConstraint = { linear: { terms: { a: 1, b: -2 }, min: 0, max: 0.3 } };
const pair: DeclaredConstraint = { forbidden: { method: 'dps', size: 64 } };

const cases: readonly {
  readonly name: string;
  readonly of: DeclaredConstraint;
  readonly assignment: Assignment;
  readonly want: boolean;
}[] = [
  { name: 'rising', of: rising, assignment: { a: 1, b: 2, c: 3 }, want: true },
  { name: 'level', of: rising, assignment: { a: 1, b: 1, c: 1 }, want: true },
  { name: 'falling at the end', of: rising, assignment: { a: 1, b: 2, c: 1.5 }, want: false },
  { name: 'falling, but one is out of use', of: rising, assignment: { a: 2, b: 1 }, want: true },
  { name: 'sum inside', of: sum, assignment: { a: 1, b: 0.4 }, want: true },
  {
    name: 'sum at the limit but for rounding',
    of: { linear: { terms: { a: 1, b: 1 }, max: 0.3 } },
    assignment: { a: 0.1, b: 0.2 },
    want: true,
  },
  { name: 'sum below', of: sum, assignment: { a: 1, b: 0.6 }, want: false },
  { name: 'sum above', of: sum, assignment: { a: 1, b: 0.1 }, want: false },
  { name: 'both forbidden values', of: pair, assignment: { method: 'dps', size: 64 }, want: false },
  { name: 'one of them', of: pair, assignment: { method: 'dps', size: 32 }, want: true },
];
for (const { name, of, assignment, want } of cases) {
  test(`constraint: ${name}`, () => assert.equal(isKept(constraintOf(of), assignment), want));
}

test('constraints are told as people write them', () => {
  assert.deepEqual(
    [rising, sum, pair].map((each) => constraintText(constraintOf(each))),
    ['a <= b <= c', '0 <= a + -2 b <= 0.3', 'not method=dps with size=64'],
  );
});

const unit = (name: string): Parameter => ({ name, searchSpace: { uniform: { min: 0, max: 1 } } });
const space = searchSpaceOf(['a', 'b', 'c'].map(unit), undefined, [rising]);

test('draws keep the constraints, and are spread as the draws that keep them by chance', () => {
  const draws = Array.from({ length: 4000 }, (_, stream) => samplePrior(space, seededStream(2, stream)));
  assert.ok(draws.every((draw) => contains(space, draw)));
  const lowest = draws.map(({ a }) => Number(a)).toSorted((x, y) => x - y);
  const gap = Math.max(...lowest.map((a, index) => Math.abs(1 - (1 - a) ** 3 - (index + 0.5) / lowest.length))); // the least of three
  assert.ok(gap < 1.63 / Math.sqrt(lowest.length), `gap ${gap}`);
});

test('an assignment that breaks a constraint is not in the space', () => {
  assert.equal(contains(space, { a: 0.2, b: 0.1, c: 0.3 }), false);
  assert.deepEqual(brokenConstraint(space, { a: 0.2, b: 0.1, c: 0.3 }), constraintOf(rising));
});

test('a suggestion that breaks a constraint is drawn again, each trial anew; others stay', () => {
  const suggestions = {
    bad: { assignment: { a: 1, b: 0, c: 0 }, expectedImprovement: 1 },
    good: { assignment: { a: 0, b: 0, c: 1 }, expectedImprovement: 1 },
  };
  const after = (trials: number, which: keyof typeof suggestions) =>
    keepingConstraints(() => suggestions[which], 5)(
      space,
      Array.from({ length: trials }, (_, trial) => ({
        type: 'suggested',
        at: 0,
        trial,
        purpose: 'search',
        origin: { by: 'sampler', seen: 0 },
        seed: 0,
        assignment: {},
      })),
    )!;
  assert.deepEqual(after(0, 'good'), suggestions.good);
  assert.ok(contains(space, after(0, 'bad').assignment));
  assert.deepEqual(after(3, 'bad'), after(3, 'bad'));
  assert.notDeepEqual(after(3, 'bad'), after(4, 'bad'));
  assert.equal(after(3, 'bad').expectedImprovement, undefined); // it was of another one
});

test('constraints that leave nothing are told, not looked for without end', () => {
  const impossible = searchSpaceOf(['a', 'b'].map(unit), undefined, [{ linear: { terms: { a: 1, b: 1 }, min: 3 } }]);
  assert.throws(() => samplePrior(impossible, seededStream(0, 0)), {
    name: 'RangeError',
    message: 'none of 10000 random draws keeps the constraints',
  });
});

test('a constraint on what is no dimension is refused', () => {
  assert.throws(() => searchSpaceOf([unit('a')], undefined, [rising]), {
    name: 'RangeError',
    message: 'constraint a <= b <= c: not all of its names are searched parameters',
  });
});
