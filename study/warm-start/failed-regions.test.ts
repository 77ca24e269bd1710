import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { constraintOf, isKept } from '../constraint.ts';
import type { SearchSpace } from '../dimension.ts';
import { seededStream } from '../random.ts';
import { samplePrior } from '../space.ts';
import { anySpace } from '../testing/spaces.ts';
import type { Assignment } from '../trial.ts';
import type { EarlierTrial } from './earlier-trials.ts';
import { failedRegions } from './failed-regions.ts';

const trial = (assignment: Assignment, failed: boolean, number = 0): EarlierTrial => ({
  sweep: 'default.small.0011aabb',
  trial: number,
  assignment,
  outcome: failed ? { kind: 'failed' } : { kind: 'reported', steps: 10, loss: 1 },
});
const rate: SearchSpace = [{ name: 'rate', activeWhen: {}, domain: { kind: 'logUniform', min: 1e-4, max: 1 } }];
const method: SearchSpace = [{ name: 'method', activeWhen: {}, domain: { kind: 'categorical', choices: ['full', 'lora', 'bias'] } }];

test('a failed end of a range: the border is half way on its scale; chance as worked by hand', () => {
  const worked = [1e-4, 2e-4, 4e-4, 5e-4, 8e-4, 1e-3, 2e-3].map((value) => trial({ rate: value }, false));
  const failed = [2e-2, 0.1, 1].map((value) => trial({ rate: value }, true));
  const [region, ...others] = failedRegions(rate, [...failed, ...worked]);
  const border = region!.constraint.linear!.max!;
  assert.ok(Math.abs(border / Math.sqrt(2e-3 * 2e-2) - 1) < 1e-9, `${border}`);
  assert.deepEqual({ ...region, constraint: null }, { constraint: null, where: 'rate >= 0.02', failed: 3, chance: (2 * 6) / 720 }); // 2 ends; 3!/(10·9·8)
  assert.deepEqual(others, []);
});

test('the lower end of whole numbers: the border is one that worked', () => {
  const space: SearchSpace = [{ name: 'depth', activeWhen: {}, domain: { kind: 'int', min: 0, max: 9 } }];
  const trials = [0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((depth) => trial({ depth }, depth < 2));
  assert.deepEqual(failedRegions(space, trials), [
    { constraint: { linear: { terms: { depth: 1 }, min: 2 } }, where: 'depth <= 1', failed: 4, chance: (2 * 24) / (12 * 11 * 10 * 9) },
  ]);
});

test('a choice with failures alone', () => {
  const trials = ['full', 'full', 'full', 'full', 'bias', 'bias', 'bias', 'lora', 'lora', 'lora'].map((value) =>
    trial({ method: value }, value === 'lora'),
  );
  assert.deepEqual(failedRegions(method, trials), [
    { constraint: { forbidden: { method: 'lora' } }, where: 'method=lora', failed: 3, chance: (3 * 6) / 720 },
  ]);
});

const silent: readonly { readonly name: string; readonly space: SearchSpace; readonly trials: readonly EarlierTrial[] }[] = [
  {
    name: 'one failure',
    space: rate,
    trials: [trial({ rate: 1 }, true), ...[1e-4, 1e-3, 1e-2, 0.1].map((value) => trial({ rate: value }, false))],
  },
  { name: 'failures alone', space: rate, trials: [0.1, 0.2, 0.3, 0.4].map((value) => trial({ rate: value }, true)) },
  {
    name: 'a trial that worked among them',
    space: rate,
    trials: [
      ...[0.1, 0.2, 0.3, 0.4].map((value) => trial({ rate: value }, true)),
      ...[1e-4, 1e-3, 1e-2, 1].map((value) => trial({ rate: value }, false)),
    ],
  },
  {
    name: 'values that are searched no more',
    space: method,
    trials: [1, 2, 3, 4].map((value) => trial({ method: `old ${value}` }, value < 4)),
  },
];
for (const { name, space, trials } of silent) {
  test(`nothing is avoided: ${name}`, () => assert.deepEqual(failedRegions(space, trials), []));
}

const anyTrials = anySpace.chain((space) =>
  fc.tuple(
    fc.constant(space),
    fc
      .array(fc.record({ stream: fc.nat(1000), failed: fc.boolean() }), { maxLength: 40 })
      .map((drawn) => drawn.map(({ stream, failed }, number) => trial(samplePrior(space, seededStream(1, stream)), failed, number))),
  ),
);

test('a region holds failed trials alone, as many as it says', () => {
  fc.assert(
    fc.property(anyTrials, ([space, trials]) => {
      for (const { constraint, failed } of failedRegions(space, trials)) {
        const inside = trials.filter(({ assignment }) => !isKept(constraintOf(constraint), assignment));
        assert.equal(inside.length, failed);
        assert.ok(inside.every(({ outcome }) => outcome.kind === 'failed'));
      }
    }),
    { numRuns: 300 },
  );
});

test('failures that have nothing to do with the configuration: hardly one study in twenty avoids anything', () => {
  const space = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, activeWhen: {}, domain: { kind: 'uniform', min: 0, max: 1 } }) as const);
  const studies = 400;
  const wrong = Array.from({ length: studies }, (_, study) => {
    const random = seededStream(2, study);
    return failedRegions(
      space,
      Array.from({ length: 30 }, () => trial(samplePrior(space, random), random.uniform() < 0.3)),
    ).length;
  }).filter((count) => count > 0).length;
  assert.ok(wrong / studies < 0.07, `${wrong} of ${studies}`); // two standard deviations above 5 %
});
