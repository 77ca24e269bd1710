import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SearchSpace } from '../dimension.ts';
import type { SweepEvent, SweepLog } from '../log.ts';
import { contains, searchSpaceOf } from '../space.ts';
import type { Parameter } from '../spec/parameter-schema.ts';
import { failed, reported, suggested } from '../testing/logs.ts';
import { samplerContract } from '../testing/sampler-contract.ts';
import { anySpace } from '../testing/spaces.ts';
import type { Assignment } from '../trial.ts';
import { grid, gridSize } from './grid.ts';

samplerContract('grid', () => grid({ steps: 3 }));

const method: Parameter = { name: 'method', searchSpace: { categorical: { choices: ['full', 'dps'] } } };
const depth: Parameter = { name: 'depth', searchSpace: { int: { min: 1, max: 2 } } };
const reserve: Parameter = { name: 'reserve', searchSpace: { uniform: { min: 0, max: 1 } }, activeWhen: { method: 'dps' } };

test('grid: the last parameter moves fastest, and one out of use repeats nothing', () => {
  assert.deepEqual(allPoints(searchSpaceOf([method, reserve, depth]), 3), [
    { method: 'full', depth: 1 },
    { method: 'full', depth: 2 },
    { method: 'dps', reserve: 0, depth: 1 },
    { method: 'dps', reserve: 0, depth: 2 },
    { method: 'dps', reserve: 0.5, depth: 1 },
    { method: 'dps', reserve: 0.5, depth: 2 },
    { method: 'dps', reserve: 1, depth: 1 },
    { method: 'dps', reserve: 1, depth: 2 },
  ]);
});

test('grid: a log range is cut evenly on its scale', () => {
  const space = searchSpaceOf([{ name: 'learningRate', searchSpace: { logUniform: { min: 1, max: 16 } } }]);
  assert.deepEqual(
    allPoints(space, 5).map(({ learningRate }) => learningRate),
    [1, 2, 4, 8, 16],
  );
});

test('grid: what comes in steps has each value, and a bell its quantiles', () => {
  const parameters: readonly Parameter[] = [
    { name: 'share', searchSpace: { uniform: { min: 0, max: 0.4, step: 0.1 } } },
    { name: 'shift', searchSpace: { normal: { mean: 5, standardDeviation: 1 } } },
  ];
  const points = allPoints(searchSpaceOf(parameters), 3);
  assert.deepEqual([...new Set(points.map(({ share }) => share))], [0, 0.1, 0.2, 0.3, 0.4]);
  assert.deepEqual(
    points.slice(0, 3).map(({ shift }) => Number(shift).toFixed(3)),
    ['4.033', '5.000', '5.967'], // a sixth, a half and five sixths of the draws lie below
  );
});

test('grid: points that break a constraint are not there', () => {
  const space = searchSpaceOf([depth, { ...depth, name: 'width' }], undefined, [{ ordered: ['depth', 'width'] }]);
  assert.deepEqual(allPoints(space, 2), [
    { depth: 1, width: 1 },
    { depth: 1, width: 2 },
    { depth: 2, width: 2 },
  ]);
});

test('grid: a point that the trainer says cannot be is not tried again, and tied values do not hide a point', () => {
  const space = searchSpaceOf([depth]);
  const infeasible: SweepEvent = { type: 'failed', at: 0, trial: 0, failure: { type: 'BadConfiguration', message: 'exit code 64' } };
  const log: SweepLog = [suggested(0, { depth: 1, tied: 10 }), infeasible];
  assert.deepEqual(grid({ steps: 2 })(space, log)?.assignment, { depth: 2 });
});

test('grid: a layer is frozen, or has one of the rates', () => {
  const layers: Parameter = { name: 'layers', searchSpace: { layerwise: { scheme: 'perLayer', learningRate: { min: 1, max: 4 } } } };
  const space = searchSpaceOf([layers], { layers: 1 });
  assert.equal(gridSize(space, { steps: 3 }, 100), 16);
  assert.deepEqual(
    allPoints(space, 3)
      .slice(0, 5)
      .map((point) => [point['layers.embeddings'], point['layers.0']]),
    [
      [0, 0],
      [0, 1],
      [0, 2],
      [0, 4],
      [1, 0],
    ],
  );
});

const space = searchSpaceOf([depth]);
const [one, two] = [{ depth: 1 }, { depth: 2 }];
const coverage: readonly { readonly name: string; readonly log: SweepLog; readonly want: Assignment | undefined }[] = [
  { name: 'nothing tried', log: [], want: one },
  { name: 'a running trial covers its point', log: [suggested(0, one)], want: two },
  { name: 'so does one that reported', log: [suggested(0, one), reported(0, 0.5)], want: two },
  { name: 'a point that failed is tried again', log: [suggested(0, one), failed(0)], want: one },
  { name: 'but only once', log: [suggested(0, one), failed(0), suggested(1, one), failed(1)], want: two },
  { name: 'the second try covers it', log: [suggested(0, one), failed(0), suggested(1, one)], want: two },
  {
    name: 'a baseline covers its point',
    log: [{ ...suggested(0, one), origin: { by: 'enqueued', name: 'headOnly' } } as SweepEvent],
    want: two,
  },
  { name: 'a final re-training does not', log: [{ ...suggested(0, one), purpose: 'final' } as SweepEvent], want: one },
  { name: 'all covered', log: [suggested(0, two), suggested(1, one)], want: undefined },
];
for (const { name, log, want } of coverage) {
  test(`grid coverage: ${name}`, () => assert.deepEqual(grid({ steps: 3 })(space, log)?.assignment, want));
}

test('grid: has each point of any space once', () => {
  fc.assert(
    fc.property(anySpace, fc.integer({ min: 2, max: 4 }), (any, steps) => {
      const size = gridSize(any, { steps }, 60);
      const points = allPoints(any, steps, 60);
      assert.ok(points.every((point) => contains(any, point)));
      assert.deepEqual([points.length, new Set(points.map((point) => JSON.stringify(point))).size], [size, size]);
    }),
    { numRuns: 100 },
  );
});

test('grid: a space too large to list is asked as fast as any', () => {
  const wide = Array.from(
    { length: 36 },
    (_, index): Parameter => ({ name: `x${index}`, searchSpace: { int: { min: 0, max: 1_000_000_000 } } }),
  );
  const ask = grid({ steps: 3 });
  const first = ask(searchSpaceOf(wide), [])!.assignment;
  assert.equal(ask(searchSpaceOf(wide), [suggested(0, first)])?.assignment.x35, 1);
});

/** Asks until there is nothing left, or up to a limit. */
function allPoints(any: SearchSpace, steps: number, limit = 100): readonly Assignment[] {
  const log: SweepEvent[] = [];
  const points: Assignment[] = [];
  const next = () => grid({ steps })(any, log)?.assignment;
  for (let point = next(); point !== undefined && points.length < limit; point = next()) {
    log.push(suggested(points.length, point));
    points.push(point);
  }
  return points;
}
