import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalCdf, normalQuantile } from './normal.ts';

/** From Python's `math.erfc(-x / math.sqrt(2)) / 2` and `statistics.NormalDist().inv_cdf`. */
const cdf: readonly (readonly [number, number])[] = [
  [-40, 0.0],
  [-8, 6.220960574271819e-16],
  [-7.5, 3.19089167291092e-14],
  [-3, 0.0013498980316300957],
  [-1, 0.15865525393145707],
  [-0.1, 0.460172162722971],
  [0, 0.5],
  [0.5, 0.6914624612740131],
  [1.96, 0.9750021048517795],
  [5, 0.9999997133484281],
  [7.2, 0.9999999999996989],
  [9, 1.0],
];
const quantiles: readonly (readonly [number, number])[] = [
  [5.551115123125783e-17, -8.292361075813595],
  [1e-12, -7.034483825301132],
  [1e-6, -4.753424308822899],
  [0.01, -2.3263478740408408],
  [0.075, -1.4395314709384557],
  [0.3, -0.5244005127080407],
  [0.5, 0.0],
  [0.9, 1.2815515655446008],
  [0.975, 1.9599639845400536],
  [0.999999999, 5.997807019601638],
  [0.9999999999999999, 8.209536151601386],
];

for (const [x, want] of cdf) {
  test(`normalCdf(${x})`, () => assert.ok(Math.abs(normalCdf(x) - want) < 2e-15, `${normalCdf(x)}, not ${want}`));
}
for (const [share, want] of quantiles) {
  test(`normalQuantile(${share})`, () => {
    assert.ok(Math.abs(normalQuantile(share) - want) <= 1e-14 * Math.abs(want), `${normalQuantile(share)}, not ${want}`);
  });
}
