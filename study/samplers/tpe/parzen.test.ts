import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Domain } from '../../dimension.ts';
import { fromUnit } from '../../domain.ts';
import { seededStream } from '../../random.ts';
import type { Value } from '../../trial.ts';
import { parzen, widthFor } from './parzen.ts';

const unit: Domain = { kind: 'uniform', min: 0, max: 1 };
const rate: Domain = { kind: 'logUniform', min: 1, max: 100 };
const bit: Domain = { kind: 'int', min: 0, max: 1 };
const letter: Domain = { kind: 'categorical', choices: ['a', 'b', 'c'] };
const layer: Domain = { kind: 'frozenOrRate', min: 1, max: 100, frozenProbability: 0.4 };

/** One point, so a kernel of width 1/3 and the prior, half and half. By hand, with a table of the normal distribution. */
const byHand: readonly {
  readonly name: string;
  readonly domains: readonly Domain[];
  readonly at: readonly Value[];
  readonly of: readonly Value[];
  readonly want: number;
}[] = [
  // phi(0) · 3 / (Phi(1.5) - Phi(-1.5)) = 0.398942 · 3 / 0.866386 = 1.381403
  { name: 'at the point itself', domains: [unit], at: [0.5], of: [0.5], want: (1.381403 + 1) / 2 },
  // phi(1.5) · 3 / 0.866386 = 0.129518 · 3 / 0.866386
  { name: 'at the end of the range', domains: [unit], at: [0.5], of: [0], want: (0.448476 + 1) / 2 },
  { name: 'on its own scale', domains: [rate], at: [10], of: [1], want: (0.448476 + 1) / 2 },
  { name: 'of two dimensions at once', domains: [unit, unit], at: [0.5, 0.5], of: [0.5, 0], want: (1.381403 * 0.448476 + 1) / 2 },
  // centre 1/4: (Phi(0.75) - Phi(-0.75)) / (Phi(2.25) - Phi(-0.75)) = 0.546745 / 0.761148, over a prior of 1/2
  { name: 'of a whole number', domains: [bit], at: [0], of: [0], want: (0.718317 / 0.5 + 1) / 2 },
  // of 1 + 3 · 1/2 the choice has 1 + 1/2, over a prior of 1/3
  { name: 'of a choice', domains: [letter], at: ['a'], of: ['a'], want: (1.8 + 1) / 2 },
  { name: 'of another choice', domains: [letter], at: ['a'], of: ['c'], want: (0.6 + 1) / 2 },
];
for (const { name, domains, at, of, want } of byHand) {
  test(`parzen by hand: ${name}`, () => {
    const density = Math.exp(parzen(domains, [at]).logDensity(of));
    assert.ok(Math.abs(density - want) < 2e-6, `${density}, not ${want}`);
  });
}

test('parzen: without points it is the prior', () => {
  assert.equal(parzen([unit, letter], []).logDensity([0.3, 'b']), 0);
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
    observed.map(([, value]) => [value]),
  );
  const densityAt = (share: number) => Math.exp(estimate.logDensity([fromUnit(domain, share)]));

  test(`parzen of ${name}: the density is 1 on average over random draws`, () => {
    const cells = 3000;
    const total = Array.from({ length: cells }, (_, cell) => densityAt((cell + 0.5) / cells)).reduce((sum, density) => sum + density, 0);
    assert.ok(Math.abs(total / cells - 1) < 1e-4, `${total / cells}`);
  });

  test(`parzen of ${name}: draws come as often as it says`, () => {
    const random = seededStream(4, 0);
    const draws = Array.from({ length: 6000 }, () => estimate.draw(random));
    const mean = draws.reduce((sum, point) => sum + 1 / Math.exp(estimate.logDensity(point)), 0) / draws.length; // importance weights
    assert.ok(Math.abs(mean - 1) < 0.05, `the prior's mass, weighed by the draws, is ${mean}`);
  });
}

test('parzen: the width shrinks with the points, slowly in many dimensions, and leaves no gaps', () => {
  assert.deepEqual(
    [widthFor(0, 1), widthFor(1, 1), widthFor(1000, 1), widthFor(1000, 36)].map((width) => width.toFixed(4)),
    ['0.5000', '0.3333', '0.0502', '0.1683'],
  );
});
