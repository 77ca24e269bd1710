import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Place } from '../../domain.ts';
import { normalCdf } from '../../normal.ts';
import { deviationOf, firstDistribution } from './distribution.ts';
import { withMargin } from './margin.ts';

const margin = 0.1;
const levels = (count: number) => (_: number, unit: number) => {
  const index = Math.min(count - 1, Math.floor(unit * count));
  return { low: index / count, high: (index + 1) / count };
};
const continuous = (_: number, unit: number): Place => ({ low: unit, high: unit });

/** A single coordinate after the margin, with the probabilities of the values below and above that of its old mean. */
function after(mean: number, sigma: number, stepOf: (coordinate: number, unit: number) => Place) {
  const given = withMargin({ ...firstDistribution(1), mean: Float64Array.of(mean), sigma }, stepOf, margin);
  const { low, high } = stepOf(0, mean);
  const deviation = deviationOf(given, 0);
  const round = (value: number) => Number(value.toFixed(9));
  return {
    mean: round(given.mean[0]!),
    deviation: round(deviation),
    below: round(normalCdf((low - given.mean[0]!) / deviation)),
    above: round(normalCdf((given.mean[0]! - high) / deviation)),
  };
}

test('margin: a continuous coordinate stays as it is', () => {
  const { mean, deviation } = after(0.3, 1e-6, continuous);
  assert.deepEqual([mean, deviation], [0.3, 1e-6]);
});

test('margin: so does one in steps that is wide enough', () => {
  const { mean, deviation } = after(0.3, 0.3, levels(5));
  assert.deepEqual([mean, deviation], [0.3, 0.3]);
});

test('margin: one that has come to rest in a step gets half the margin on each side', () => {
  const { below, above } = after(0.5, 1e-3, levels(5));
  assert.deepEqual([below, above], [0.05, 0.05]);
});

test('margin: near an edge, what the far side gains the near side and the middle give', () => {
  const { below, above } = after(0.41, 0.02, levels(5)); // below 0.3085, above 0
  assert.equal(above > 0.04 && above < 0.06, true, `${above}`);
  assert.equal(below > 0.27 && below < 0.3085, true, `${below}`);
});

test('margin: of the first and the last value the other side gets the whole of it, and the width stays', () => {
  const [first, last] = [after(0.01, 0.01, levels(5)), after(0.99, 0.01, levels(5))];
  assert.deepEqual([first.above, first.deviation], [0.1, 0.01]);
  assert.deepEqual([last.below, last.deviation], [0.1, 0.01]);
});

test('margin: a single value has no other side', () => {
  assert.equal(after(0.5, 0.01, levels(1)).mean, 0.5);
});
