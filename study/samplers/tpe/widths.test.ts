import assert from 'node:assert/strict';
import { test } from 'node:test';
import { widthsOf } from './widths.ts';

const cases = [
  { name: 'one reaches to the farther end', places: [0.25], want: [0.75] },
  { name: 'the outermost look inwards, others to the farther neighbour', places: [0.9, 0.1, 0.3, 0.6], want: [0.3, 0.2, 0.3, 0.3] },
  { name: 'equal places look away from each other', places: [0.1, 0.5, 0.5, 0.7], want: [0.4, 0.4, 0.2, 0.2] },
  { name: 'none is narrower than the least', places: [0.5, 0.5, 0.5], want: [0.05, 0.05, 0.05] },
  { name: 'no place, no end', places: [0.2, Number.NaN, 0.3], want: [0.1, Number.POSITIVE_INFINITY, 0.1] },
  { name: 'nothing at all', places: [], want: [] },
];
for (const { name, places, want } of cases) {
  test(`widths: ${name}`, () => {
    const widths = [...widthsOf(Float64Array.from(places), 0.05)];
    assert.deepEqual(
      widths.map((width) => Number(width.toFixed(12))),
      want,
    );
  });
}
