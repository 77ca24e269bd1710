/** Every gradient of the model against finite differences, in a space that has something of everything. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Domain, SearchSpace } from '../../dimension.ts';
import { seededStream } from '../../random.ts';
import { encoderOf } from './encoder.ts';
import { misfit } from './fit.ts';
import { likeliest } from './hyper-parameters.ts';
import { posteriorOf } from './posterior.ts';

const layers = (of: string, count: number, domain: Domain): SearchSpace =>
  Array.from({ length: count }, (_, index) => ({ name: `${of}.${index}`, domain, activeWhen: {}, layer: { of, index, count } }));
const space: SearchSpace = [
  { name: 'rates.frozenPrefix', domain: { kind: 'int', min: 0, max: 4 }, activeWhen: {} },
  ...layers('rates', 5, { kind: 'logUniform', min: 1e-6, max: 1e-3 }),
  { name: 'head', domain: { kind: 'logUniform', min: 1e-4, max: 1e-2 }, activeWhen: {} },
  { name: 'method', domain: { kind: 'categorical', choices: ['full', 'bitfit', 'dps'] }, activeWhen: {} },
  { name: 'reserve', domain: { kind: 'uniform', min: 0, max: 1 }, activeWhen: { method: 'dps' } },
  ...layers('masked', 3, { kind: 'frozenOrRate', frozenProbability: 0.4, min: 1e-6, max: 1e-3 }),
];

const encoder = encoderOf(space);
const random = seededStream(1, 1);
const draw = () => Float64Array.from(space, () => random.uniform());
const units = Array.from({ length: 30 }, draw);
const evidence = {
  points: units.map(encoder.encode),
  losses: Float64Array.from(units, (unit) => unit[1]! ** 2 + Math.sin(5 * unit[6]!) + unit[2]! * unit[0]!),
  noise: new Float64Array(30).fill(0.01),
};
const values = likeliest(encoder).map((value) => value + 0.3 * (random.uniform() - 0.5));

const slopeOf = (value: (x: Float64Array) => number, x: Float64Array, place: number): number =>
  (value(x.with(place, x[place]! + 1e-6)) - value(x.with(place, x[place]! - 1e-6))) / 2e-6;
const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 1e-4 * (1 + Math.abs(b));

test('gp: how the misfit changes with each hyper-parameter', () => {
  const slopeAt = misfit(encoder, evidence);
  const { gradient } = slopeAt(values);
  for (const place of values.keys()) {
    const want = slopeOf((x) => slopeAt(x).value, values, place);
    assert.ok(isNear(gradient[place]!, want), `${place}: ${gradient[place]}, not ${want}`);
  }
});

test('gp: how the belief changes with each continuous dimension in use, and with no other', () => {
  const posterior = posteriorOf(encoder, values, evidence, [encoder.encode(draw())]);
  const moved = new Set<string>();
  for (const here of Array.from({ length: 20 }, draw)) {
    const { byJoint, byLayers } = posterior.gradientAt(encoder.encode(here), () => ({ byMean: 2, byDeviation: 3 }));
    const gradient = encoder.pullBack(here, byJoint, byLayers);
    const believed = (at: Float64Array): number => {
      const { mean, deviation } = posterior.at(encoder.encode(at));
      return 2 * mean + 3 * deviation;
    };
    for (const [place, { name }] of space.entries()) {
      const want = slopeOf(believed, here, place);
      assert.ok(isNear(gradient[place]!, want), `${name}: ${gradient[place]}, not ${want}`);
      if (want !== 0) moved.add(name);
    }
  }
  assert.deepEqual(
    space.filter(({ name }) => !moved.has(name)).map(({ name }) => name),
    ['rates.frozenPrefix', 'method'],
  );
});
