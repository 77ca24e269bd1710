import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchSpace } from '../../dimension.ts';
import { seededStream } from '../../random.ts';
import { rough, smooth, smoothOverDepth } from './depth-smooth.ts';

const layer = (index: number): SearchSpace[number] => ({
  name: `rates.${index}`,
  domain: { kind: 'logUniform', min: 1e-6, max: 1e-3 },
  activeWhen: {},
  layer: { of: 'rates', index, count: 12 },
});
const space: SearchSpace = [
  { name: 'x', domain: { kind: 'uniform', min: 0, max: 1 }, activeWhen: {} },
  ...Array.from({ length: 12 }, (_, index) => layer(11 - index)), // the order of the space is not that of depth
];
const random = seededStream(2, 0);
const drawn = (falloff: typeof smooth) =>
  Array.from({ length: 2000 }, () => {
    const evenly = space.map(() => random.uniform());
    return { evenly, units: smoothOverDepth(space, evenly, falloff) };
  });

for (const [name, falloff] of Object.entries({ smooth, rough })) {
  test(`${name} over depth: each setting by itself is spread evenly, what is no layer's stays as it is`, () => {
    const draws = drawn(falloff);
    assert.ok(draws.every(({ evenly, units }) => units[0] === evenly[0]));
    for (const place of space.keys()) {
      for (const share of [0.1, 0.5, 0.9]) {
        const below = draws.filter(({ units }) => units[place]! < share).length / draws.length;
        assert.ok(Math.abs(below - share) < 0.05, `${place}: ${below} below ${share}`);
      }
    }
  });
}

test('smooth over depth: neighbours are alike, much more so than in rough profiles, and no profile is out of reach', () => {
  const step = (falloff: typeof smooth) => drawn(falloff).reduce((sum, { units }) => sum + Math.abs(units[6]! - units[7]!), 0) / 2000;
  assert.ok(step(smooth) < 0.12 && step(rough) > 0.2, `${step(smooth)}, ${step(rough)}`); // 1/3 for even draws
  const ends = smoothOverDepth(
    space,
    space.map(() => 0),
    smooth,
  );
  assert.ok(ends.every((unit) => unit >= 0 && unit < 1));
});
