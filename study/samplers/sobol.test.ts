import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromUnit } from '../domain.ts';
import type { SweepEvent } from '../log.ts';
import { searchSpaceOf } from '../space.ts';
import type { Parameter } from '../spec/parameter-schema.ts';
import { failed, suggested } from '../testing/logs.ts';
import { samplerContract } from '../testing/sampler-contract.ts';
import type { Assignment } from '../trial.ts';
import { scrambledPoint, sobol, sobolPoint } from './sobol.ts';

samplerContract('sobol', (seed) => sobol({ seed }));

test('sobol: the first points of three dimensions are those that Joe and Kuo publish', () => {
  const points = Array.from({ length: 10 }, (_, index) => sobolPoint(index, 3).map((word) => word / 2 ** 32));
  assert.deepEqual(points, [
    [0, 0, 0],
    [0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25],
    [0.25, 0.75, 0.75],
    [0.375, 0.375, 0.625],
    [0.875, 0.875, 0.125],
    [0.625, 0.125, 0.875],
    [0.125, 0.625, 0.375],
    [0.1875, 0.3125, 0.9375],
    [0.6875, 0.8125, 0.4375],
  ]);
});

test('sobol: far coordinates of a late point are those of SciPy 1.17', () => {
  const point = sobolPoint(1000, 160);
  assert.deepEqual(
    [3, 10, 40, 100, 159].map((place) => point[place]),
    [2906652672, 364904448, 3921674240, 3300917248, 624951296],
  );
});

for (const seed of [0, 1, 7]) {
  const points = Array.from({ length: 64 }, (_, index) => scrambledPoint(seed, index, 160));
  const cells = (shares: readonly [number, number], [x, y]: readonly [number, number]) =>
    new Set(points.map((point) => `${Math.floor(point[x]! * shares[0])} ${Math.floor(point[y]! * shares[1])}`)).size;

  test(`sobol: scrambled by ${seed}, each of 64 parts of each coordinate holds one of the first 64 points`, () => {
    const counts = Array.from({ length: 160 }, (_, place) => cells([64, 1], [place, 0]));
    assert.deepEqual(counts, Array(160).fill(64));
  });

  test(`sobol: scrambled by ${seed}, so does each of 64 boxes of the first two coordinates, whatever their shape`, () => {
    const shapes = [1, 2, 4, 8, 16, 32, 64].map((share) => cells([share, 64 / share], [0, 1]));
    assert.deepEqual(shapes, Array(7).fill(64));
  });
}

test('sobol: another seed scrambles otherwise, and beyond its coordinates it draws', () => {
  const [one, two] = [scrambledPoint(1, 3, 170), scrambledPoint(2, 3, 170)];
  assert.equal(new Set([...one, ...two]).size, 340);
  assert.deepEqual(one, scrambledPoint(1, 3, 170));
});

const depth: Parameter = { name: 'depth', searchSpace: { int: { min: 0, max: 3 } } };
const method: Parameter = { name: 'method', searchSpace: { categorical: { choices: ['full', 'dps'] } } };
const reserve: Parameter = { name: 'reserve', searchSpace: { uniform: { min: 0, max: 1 } }, activeWhen: { method: 'dps' } };
const rate: Parameter = { name: 'rate', searchSpace: { logUniform: { min: 1e-5, max: 1e-3 } } };

test('sobol: eight trials try each of four depths twice, and each method four times', () => {
  const tried = firstTrials([depth, method], 8);
  assert.deepEqual(tried.map((assignment) => assignment.depth).toSorted(), [0, 0, 1, 1, 2, 2, 3, 3]);
  assert.equal(tried.filter((assignment) => assignment.method === 'dps').length, 4);
});

test('sobol: a parameter out of use shifts no other', () => {
  const tried = firstTrials([method, reserve, rate], 8);
  const space = searchSpaceOf([rate]);
  assert.deepEqual(
    tried.map((assignment) => assignment.rate),
    tried.map((_, index) => fromUnit(space[0]!.domain, scrambledPoint(7, index, 3)[2]!)),
  );
});

test('sobol: baselines and final re-trainings do not use up a point, failed trials do', () => {
  const space = searchSpaceOf([rate]);
  const ask = (...log: SweepEvent[]) => sobol({ seed: 7 })(space, log);
  const own = suggested(0, { rate: 1e-4 });
  const others = [
    { ...own, origin: { by: 'enqueued', name: 'headOnly' } },
    { ...own, purpose: 'final' },
  ] as SweepEvent[];
  assert.deepEqual(ask(...others), ask());
  assert.notDeepEqual(ask(own), ask());
  assert.deepEqual(ask(own, failed(0)), ask(own));
});

function firstTrials(parameters: readonly Parameter[], count: number): readonly Assignment[] {
  const space = searchSpaceOf(parameters);
  const log: SweepEvent[] = [];
  for (let trial = 0; trial < count; trial += 1) log.push(suggested(trial, sobol({ seed: 7 })(space, log)!.assignment));
  return log.flatMap((event) => (event.type === 'suggested' ? [event.assignment] : []));
}
