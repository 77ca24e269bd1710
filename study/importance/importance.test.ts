import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalQuantile } from '../normal.ts';
import { seededStream } from '../random.ts';
import { samplePrior, searchSpaceOf } from '../space.ts';
import type { Assignment } from '../trial.ts';
import { importanceOf } from './importance.ts';
import { layerCorrelations } from './layer-correlations.ts';

const space = searchSpaceOf(
  [{ name: 'layers', searchSpace: { layerwise: { scheme: 'perLayer', learningRate: { min: 1e-5, max: 1e-3 } } } }],
  { layers: 4 },
);

const noLayers = () => undefined;

/** Blind trials of five layers; the noise is normal with deviation 0.4. */
function aSample(count: number, lossOf: (assignment: Assignment) => number) {
  const random = seededStream(11, count);
  const assignments = Array.from({ length: count }, () => samplePrior(space, random));
  const losses = assignments.map((assignment) => lossOf(assignment) + 0.4 * normalQuantile(random.uniform()));
  return { kind: 'panel', assignments, losses } as const;
}

/** Layer 3 wants a high rate where it is trained; layer 1 had better be frozen. */
const lossOfLayers = (assignment: Assignment): number => {
  const top = Number(assignment['layers.3']);
  return (top === 0 ? 0 : -Math.log10(top / 1e-4)) + (assignment['layers.1'] === 0 ? 0 : 0.8);
};

test('importance finds the two things that matter, and which way', () => {
  const { settings, ...rest } = importanceOf(space, aSample(80, lossOfLayers), noLayers, 5)!;
  assert.deepEqual(rest, { sample: 'panel', trials: 80, layers: [] });
  const significant = settings.filter(({ p }) => p < 0.05).map(({ name, aspect }) => `${name} ${aspect}`);
  assert.deepEqual(significant.sort(), ['layers.1 frozen', 'layers.3 rate']);
  for (const { name, aspect, share, interval, correlation, pedAnova, fanova } of settings.slice(0, 2)) {
    assert.ok(interval[0] > 0.02 && interval[0] < share && share < interval[1], `${name}: ${share} in ${interval}`);
    assert.ok(correlation!.rho > 0.4 && correlation!.p < 0.05, `${name} ${aspect}: more is better`);
    assert.ok(fanova! > 0.1 && pedAnova > 0.1, `${name}: ${fanova} ${pedAnova}`);
  }
  const total = settings.reduce((sum, { pedAnova }) => sum + pedAnova, 0);
  assert.ok(Math.abs(total - 1) < 1e-9);
});

test('importance finds nothing in noise', () => {
  const { settings } = importanceOf(
    space,
    aSample(80, () => 0),
    noLayers,
    5,
  )!;
  assert.ok(settings.every(({ p, correlation }) => p > 0.05 && (correlation?.p ?? 1) > 0.05));
});

test('importance is the same for the same log, and whatever the scale of the metric', () => {
  const sample = aSample(30, lossOfLayers);
  const found = importanceOf(space, sample, noLayers, 5);
  assert.deepEqual(importanceOf(space, sample, noLayers, 5), found);
  assert.deepEqual(importanceOf(space, { ...sample, losses: sample.losses.map((loss) => Math.exp(3 * loss)) }, noLayers, 5), found);
});

test('nothing is said of few trials, of equal ones, or of diverged ones alone', () => {
  const sample = aSample(10, () => 0);
  assert.ok(importanceOf(space, sample, noLayers, 1));
  assert.equal(
    importanceOf(space, { ...sample, losses: sample.losses.slice(1), assignments: sample.assignments.slice(1) }, noLayers, 1),
    undefined,
  );
  for (const loss of [1, Number.NaN])
    assert.equal(importanceOf(space, { ...sample, losses: sample.losses.map(() => loss) }, noLayers, 1), undefined);
  assert.equal(importanceOf([], sample, noLayers, 1), undefined);
});

test('layers correlate in both aspects, whatever the scheme of the search', () => {
  const configurations = Array.from({ length: 20 }, (_, trial) => [
    trial % 2 === 0 ? ({ name: '0', mode: 'frozen' } as const) : ({ name: '0', mode: 'full', learningRate: 1e-4 * trial } as const),
    { name: 'head', mode: 'full', learningRate: 1e-3 } as const,
  ]);
  const scores = configurations.map((_, trial) => trial);
  const [bottom, head] = layerCorrelations(configurations, scores, seededStream(1, 0));
  assert.deepEqual([bottom!.layer, bottom!.frozenShare, bottom!.rate!.rho.toFixed(6)], ['0', 0.5, '1.000000']);
  assert.ok(bottom!.rate!.p < 0.05 && bottom!.frozen!.p > 0.05);
  assert.deepEqual(head, { layer: 'head', frozenShare: 0 });
});
