import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Domain } from '../../dimension.ts';
import { fromUnit, placeIn } from '../../domain.ts';
import { seededStream } from '../../random.ts';
import type { Value } from '../../trial.ts';
import { type Point, parzen } from './parzen.ts';

const unit: Domain = { kind: 'uniform', min: 0, max: 1 };
const rate: Domain = { kind: 'logUniform', min: 1, max: 100 };
const bit: Domain = { kind: 'int', min: 0, max: 1 };
const letter: Domain = { kind: 'categorical', choices: ['a', 'b', 'c'] };
const layer: Domain = { kind: 'frozenOrRate', min: 1, max: 100, frozenProbability: 0.4 };

const pointOf = (domains: readonly Domain[], values: readonly Value[]): Point => domains.map((domain, d) => placeIn(domain, values[d]!));

/** One point, so a kernel and the prior, half and half; a bell reaches to the farther end. By hand, with a table of the normal distribution. */
const byHand: readonly {
  readonly name: string;
  readonly domains: readonly Domain[];
  readonly at: readonly Value[];
  readonly of: readonly Value[];
  readonly want: number;
}[] = [
  // phi(0) · 2 / (Phi(1) - Phi(-1)) = 0.398942 · 2 / 0.682689 = 1.168737
  { name: 'at the point itself', domains: [unit], at: [0.5], of: [0.5], want: (1.168737 + 1) / 2 },
  // phi(1) · 2 / 0.682689 = 0.241971 · 2 / 0.682689
  { name: 'at the end of the range', domains: [unit], at: [0.5], of: [0], want: (0.708874 + 1) / 2 },
  { name: 'on its own scale', domains: [rate], at: [10], of: [1], want: (0.708874 + 1) / 2 },
  { name: 'of two dimensions at once', domains: [unit, unit], at: [0.5, 0.5], of: [0.5, 0], want: (1.168737 * 0.708874 + 1) / 2 },
  // centre 1/4, width 3/4: (Phi(1/3) - Phi(-1/3)) / (Phi(1) - Phi(-1/3)) = 0.261117 / 0.471904, over a prior of 1/2
  { name: 'of a whole number', domains: [bit], at: [0], of: [0], want: (0.553327 / 0.5 + 1) / 2 },
  // of 1 + 3 · 1/2 the choice has 1 + 1/2, over a prior of 1/3
  { name: 'of a choice', domains: [letter], at: ['a'], of: ['a'], want: (1.8 + 1) / 2 },
  { name: 'of another choice', domains: [letter], at: ['a'], of: ['c'], want: (0.6 + 1) / 2 },
  // of 1 + 1 frozen has 1 + 0.4, over a prior of 0.4
  { name: 'of a frozen layer', domains: [layer], at: [0], of: [0], want: (0.7 / 0.4 + 1) / 2 },
  { name: 'of a rate, where the layer was frozen', domains: [layer], at: [0], of: [10], want: (0.3 / 0.6 + 1) / 2 },
  // of 1 + 1 rates have 1 + 0.6, over a prior of 0.6; the bell is that of the middle of the rates
  { name: 'of a rate', domains: [layer], at: [10], of: [10], want: ((0.8 / 0.6) * 1.168737 + 1) / 2 },
  { name: 'of a frozen layer, where it had a rate', domains: [layer], at: [10], of: [0], want: (0.2 / 0.4 + 1) / 2 },
];
const even = { leastWidth: 0.1, weights: [1] };
for (const { name, domains, at, of, want } of byHand) {
  test(`parzen by hand: ${name}`, () => {
    const density = Math.exp(parzen(domains, [pointOf(domains, at)], even).logDensity(pointOf(domains, of)));
    assert.ok(Math.abs(density - want) < 2e-6, `${density}, not ${want}`);
  });
}

test('parzen: without points it is the prior', () => {
  assert.equal(parzen([unit, letter], [], { leastWidth: 0.1, weights: [] }).logDensity(pointOf([unit, letter], [0.3, 'b'])), 0);
});

test('parzen: a dimension without effect is even, as that of a point and as that of a place', () => {
  const domains = [unit, letter, layer];
  const half = pointOf(domains, [0.5, 'a', 10]);
  const densityOf = (point: Point, at: Point) => Math.exp(parzen(domains, [point], even).logDensity(at));
  const inOne = (1.168737 + 1) / 2;
  for (const [point, at] of [
    [[half[0], undefined, undefined], half],
    [half, [half[0], undefined, undefined]],
  ] as const) {
    assert.ok(Math.abs(densityOf(point, at) - inOne) < 2e-6, `${densityOf(point, at)}`);
  }
});

test('parzen: points weigh as they are told, and one can be left out', () => {
  const places = [0.2, 0.8].map((value) => pointOf([unit], [value]));
  const weights = [3, 1];
  const at = pointOf([unit], [0.3]);
  const alone = places.map((place) => Math.exp(parzen([unit], [place], { leastWidth: 1, weights: [1] }).logDensity(at)) * 2 - 1);
  const both = parzen([unit], places, { leastWidth: 1, weights });
  assert.ok(Math.abs(Math.exp(both.logDensity(at)) - (3 * alone[0]! + alone[1]! + 1) / 5) < 1e-9);
  assert.ok(Math.abs(Math.exp(both.logDensity(at, 0)) - (alone[1]! + 1) / 2) < 1e-9);
});

const points: Readonly<Record<string, readonly (readonly [Domain, Value])[]>> = {
  uniform: [0.1, 0.15, 0.9].map((value) => [unit, value]),
  'whole numbers': [0, 2, 2].map((value) => [{ kind: 'int', min: 0, max: 3 }, value]),
  choices: ['a', 'a', 'c'].map((value) => [letter, value]),
  'frozen or a rate': [0, 3, 80].map((value) => [layer, value]),
};
for (const [name, observed] of Object.entries(points)) {
  const domain = observed[0]![0];
  const estimate = parzen(
    [domain],
    observed.map(([, value]) => pointOf([domain], [value])),
    { leastWidth: 0.1, weights: [1.5, 1, 0.5] },
  );
  const densityAt = (share: number) => Math.exp(estimate.logDensity(pointOf([domain], [fromUnit(domain, share)])));

  test(`parzen of ${name}: the density is 1 on average over random draws`, () => {
    const cells = 3000;
    const total = Array.from({ length: cells }, (_, cell) => densityAt((cell + 0.5) / cells)).reduce((sum, density) => sum + density, 0);
    assert.ok(Math.abs(total / cells - 1) < 1e-4, `${total / cells}`);
  });

  test(`parzen of ${name}: draws come as often as it says`, () => {
    const random = seededStream(4, 0);
    const draws = Array.from({ length: 6000 }, () => estimate.draw(random));
    const mean = draws.reduce((sum, point) => sum + 1 / Math.exp(estimate.logDensity(pointOf([domain], point))), 0) / draws.length; // importance weights
    assert.ok(Math.abs(mean - 1) < 0.05, `the prior's mass, weighed by the draws, is ${mean}`);
  });
}
