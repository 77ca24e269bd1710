import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { crowdingDistances, dominates, frontsOf, type Losses, paretoOrder } from './dominance.ts';

test('dominance: nowhere worse and somewhere better', () => {
  assert.ok(dominates([1, 2], [1, 3]));
  assert.ok(!dominates([1, 2], [1, 2]));
  assert.ok(!dominates([1, 3], [2, 2]));
});

test('fronts: a case by hand', () => {
  //          front 1        2       1       3       1        NaN            as the third
  const points = [
    [1, 5],
    [2, 6],
    [2, 3],
    [4, 7],
    [5, 1],
    [Number.NaN, 0],
    [2, 3],
  ];
  assert.deepEqual(frontsOf(points), [1, 2, 1, 3, 1, 4, 1]);
});

test('crowding: distance of the neighbours in units of the width, infinite at the ends', () => {
  const front = [
    [0, 10],
    [1, 6],
    [4, 2],
    [10, 0],
  ];
  assert.deepEqual(crowdingDistances(front), [Infinity, 4 / 10 + 8 / 10, 9 / 10 + 6 / 10, Infinity]);
  assert.deepEqual(crowdingDistances([]), []);
  assert.equal(
    crowdingDistances([
      [1, 1],
      [1, 1],
      [1, 1],
    ])[1],
    0,
  );
});

test('order: ends of the front first, of them the best by the first objective; then the lonelier; then the next front', () => {
  const points = [
    [11, 11],
    [10, 0],
    [1, 6],
    [4, 2],
    [0, 10],
  ];
  assert.deepEqual(paretoOrder(points), [4, 1, 3, 2, 0]);
});

/** Small whole numbers, so that many are equal. */
const anyPoints = fc.integer({ min: 1, max: 4 }).chain((objectives) =>
  fc.array(
    fc.array(fc.option(fc.integer({ min: 0, max: 4 }), { freq: 20, nil: Number.NaN }), { minLength: objectives, maxLength: objectives }),
    {
      maxLength: 40,
    },
  ),
);

test('property: fronts are those that come off when what nothing dominates is taken away again and again', () => {
  fc.assert(
    fc.property(anyPoints, (points) => {
      assert.deepEqual(frontsOf(points), peeled(points));
    }),
  );
});

test('property: what dominates comes first, and the best by the first objective before all', () => {
  fc.assert(
    fc.property(anyPoints, (points) => {
      const order = paretoOrder(points);
      const place = new Map(order.map((index, at) => [index, at]));
      for (const [a, one] of points.entries()) {
        for (const [b, other] of points.entries()) {
          const isSound = ![...one, ...other].some(Number.isNaN);
          if (isSound && dominates(one, other)) assert.ok(place.get(a)! < place.get(b)!);
        }
      }
      const sound = points.filter((losses) => !losses.some(Number.isNaN));
      if (sound.length > 0) assert.equal(points[order[0]!]![0], Math.min(...sound.map(([first]) => first!)));
    }),
  );
});

function peeled(points: readonly Losses[]): readonly number[] {
  const fronts = points.map(() => 0);
  const isSound = (index: number) => !points[index]!.some(Number.isNaN);
  let left = [...points.keys()].filter(isSound);
  let front = 0;
  while (left.length > 0) {
    front += 1;
    const free = left.filter((index) => !left.some((other) => dominates(points[other]!, points[index]!)));
    for (const index of free) fronts[index] = front;
    left = left.filter((index) => !free.includes(index));
  }
  return fronts.map((found) => (found === 0 ? front + 1 : found));
}
