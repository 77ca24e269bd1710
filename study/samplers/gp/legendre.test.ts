import assert from 'node:assert/strict';
import { test } from 'node:test';
import { legendre, legendreSlopes } from './legendre.ts';

const at = (x: number): Float64Array => {
  const out = new Float64Array(5);
  legendre(x, out);
  return out;
};

test('legendre: mean 0, mean square 1, and no two overlap', () => {
  const cells = 4000;
  const rows = Array.from({ length: cells }, (_, cell) => at((cell + 0.5) / cells));
  for (let a = 0; a < 5; a += 1) {
    assert.ok(Math.abs(rows.reduce((sum, row) => sum + row[a]!, 0) / cells) < 1e-5);
    for (let b = 0; b < 5; b += 1) {
      const overlap = rows.reduce((sum, row) => sum + row[a]! * row[b]!, 0) / cells;
      assert.ok(Math.abs(overlap - Number(a === b)) < 1e-4, `${a}, ${b}: ${overlap}`);
    }
  }
});

test('legendre: slopes are those of finite differences', () => {
  const slopes = new Float64Array(5);
  for (const x of [0, 0.2, 0.5, 0.9]) {
    legendreSlopes(x, slopes);
    const differences = at(x + 1e-6).map((value, degree) => (value - at(x - 1e-6)[degree]!) / 2e-6);
    assert.ok(
      slopes.every((slope, degree) => Math.abs(slope - differences[degree]!) < 1e-5),
      `${x}`,
    );
  }
});
