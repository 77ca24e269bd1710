import assert from 'node:assert/strict';
import { test } from 'node:test';
import { studentCdf } from './student-cdf.ts';

/** `scipy.stats.t.cdf(t, freedom)` of scipy 1.17.1. */
const cases: readonly { t: number; freedom: number; want: number }[] = [
  { t: -1, freedom: 2, want: 0.2113248654051871 },
  { t: 2.92, freedom: 2, want: 0.9500004222186464 },
  { t: -3.5, freedom: 4, want: 0.012448081730111374 },
  { t: 0.3, freedom: 8, want: 0.6140877591587506 },
  { t: -2, freedom: 30, want: 0.027312522481491547 },
  { t: 0, freedom: 2, want: 0.5 },
];
for (const { t, freedom, want } of cases) {
  test(`Student's t: ${t} at ${freedom} degrees of freedom`, () => assert.ok(Math.abs(studentCdf(t, freedom) - want) < 1e-14));
}
