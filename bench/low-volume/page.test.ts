import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparisonsWith, frozenAnswers, profileAnswers, rateAnswers } from './answers.ts';
import type { Finding, Findings } from './findings.ts';
import { measuredLines, pageOf } from './page.ts';
import { quick, whole } from './sweeps.ts';

const seeds = Array.from({ length: 10 }, (_, seed) => seed);

/** Of a method whose seeds score so much above those of full fine-tuning. */
function aFinding(arm: string, gains: readonly number[], changes: Partial<Finding> = {}): Finding {
  return {
    arm,
    title: `the method ${arm}`,
    method: 'full',
    isMain: true,
    size: 300,
    sweep: `default.low-volume-${arm}-300.0`,
    from: '2026-11-21T23:00:00.000Z',
    to: '2026-11-22T01:00:00.000Z',
    trials: 9,
    searchSeconds: 90,
    best: { trial: 4, assignment: { 'layers.frozenPrefix': 3, 'layers.learningRate': 0.000123456 }, layers: [] },
    scores: gains.map((gain, seed) => ({ seed, score: 0.6 + seed / 100 + gain, seconds: 12 })),
    trainedParameters: 22_000_000,
    majority: 0.1,
    machine: { processor: 'slow', cores: 2, slots: 2 },
    ...changes,
  };
}

const full = aFinding(
  'full',
  seeds.map(() => 0),
);
const all = (gain: number): readonly number[] => seeds.map(() => gain);

const findings = (found: readonly Finding[], changes: Partial<Findings> = {}): Findings => ({
  scope: { ...whole, sizes: [300] },
  model: { name: 'tiny', layers: 6 },
  data: { name: 'texts', source: 'this test', labels: 10, train: 1500, selection: 500, heldOut: 1000 },
  version: '0.1.0',
  found: [full, ...found],
  failed: [],
  ...changes,
});

test('methods are compared seed by seed; p of the main ones is adjusted for their number', () => {
  const mixed = seeds.map((seed) => (seed % 2 === 0 ? 0.01 : -0.01));
  const [first, second, third] = comparisonsWith(
    [full, aFinding('lora', all(0.02)), aFinding('bitfit', mixed), aFinding('mixout', all(0.02), { isMain: false })],
    300,
  );
  assert.deepEqual(
    [first, second, third].map((comparison) => comparison?.p),
    [4 / 1024, 1, undefined],
  );
  assert.ok(Math.abs(first!.difference - 0.02) < 1e-9 && Math.abs(first!.interval.low - 0.02) < 1e-9);
  assert.ok(second!.interval.low < 0 && second!.interval.high > 0);
});

test('seeds that one side lacks are left out', () => {
  const some = aFinding('lora', all(0.02));
  const [comparison] = comparisonsWith([full, { ...some, scores: some.scores.slice(7) }], 300);
  assert.equal(comparison?.seeds, 3);
});

for (const { name, gains, want } of [
  {
    name: 'better on all seeds',
    gains: all(0.02),
    want: /searched rates win\*\*: \+2\.0 points \(95 % interval \+2\.0 to \+2\.0, p 0\.002 after Holm, 10 seeds\)\./,
  },
  { name: 'worse on all seeds', gains: all(-0.02), want: /searched rates lose\*\*: −2\.0 points/ },
  {
    name: 'now better, now worse',
    gains: seeds.map((seed) => (seed % 2 === 0 ? 0.01 : -0.01)),
    want: /no difference is shown\*\*: \+0\.0 points/,
  },
  {
    name: 'better on three seeds alone',
    gains: [0.02, 0.02, 0.02],
    want: /no difference is shown\*\*: .*3 seeds\); with 3 seeds none could be, for p is never below 0\.25\./,
  },
]) {
  test(`searched rates that are ${name}`, () => assert.match(rateAnswers(findings([aFinding('per-layer', gains)]))[0]!, want));
}

test('a negative result is said plainly, and so is what was not measured', () => {
  assert.deepEqual(rateAnswers(findings([])), ['With 300 examples: not measured.']);
  assert.deepEqual(frozenAnswers(findings([])), ['With 300 examples: not measured.']);
  assert.deepEqual(frozenAnswers(findings([aFinding('head-only', all(-0.1))])), [
    'With 300 examples **none is shown** to lose less than a point.',
  ]);
});

test('the longest prefix that loses less than a point can stay frozen', () => {
  const prefixes = [-0.001, 0, -0.005, -0.02, -0.03].map((gain, index) => aFinding(`prefix-${index + 1}`, all(gain), { isMain: false }));
  const [answer] = frozenAnswers(findings([...prefixes, aFinding('head-only', all(-0.2))]));
  assert.match(answer!, /\*\*the embeddings and layers 0–2\*\* can: −0\.5 points \(95 % interval −0\.5 to −0\.5, 10 seeds\)\./);
  const [chosen] = frozenAnswers(findings([aFinding('prefix', all(0))])); // as a search that chose three has it
  assert.match(chosen!, /layers 0–2\*\* can: \+0\.0 points/);
});

test('a profile counts as uneven by its p, adjusted for the sizes', () => {
  const profile = {
    layers: [
      { layer: 'embeddings', rho: -0.1 },
      { layer: '0', rho: 0.5 },
    ],
    p: 0.02,
    trials: 40,
  };
  const found = [300, 500, 1000].map((size) => aFinding('per-layer', all(0), { size, profile }));
  const one = profileAnswers(findings([found[0]!]));
  assert.deepEqual(one, [
    'With 300 examples it **is uneven** (p 0.020 after Holm, 40 blindly drawn trials); the strongest is layer 0, where a higher rate is better (rank correlation 0.50).',
  ]);
  const three = profileAnswers(findings(found, { scope: whole }));
  assert.match(three[2]!, /With 1000 examples it is \*\*not shown to be uneven\*\* \(p 0\.060 after Holm/);
});

test('the page says which run it shows, what was found, what it cost and what failed', () => {
  const failed = [{ arm: 'sam', title: 'sam', size: 300, message: 'too many failed trials\nand more' }];
  const page = pageOf(findings([aFinding('lora', all(0.02), { trainedParameters: 74_000 })], { failed }));
  assert.match(
    page,
    /This is the whole run as far as it has come: 2 of 38 sweeps\.\*\* The same command goes on with the others\. 2 sweeps, 38 trainings, 7m00s of trainers in all, on 2026-11-21 to 2026-11-22, by Permafrost 0\.1\.0 on 2 cores \(slow\)/,
  );
  assert.match(
    page,
    /\| the method lora \| 66\.5 ± 3\.0 \| 10 \| \+2\.0 \(\+2\.0 to \+2\.0\) \| 0\.002 \| 74,000 \| 12\.0 \| 1m30s \|\n\| \*\*the method full\*\* \| 64\.5/,
  );
  assert.match(page, /Always the commonest label: 10\.0 %\./);
  assert.match(page, /frozenPrefix 3, learningRate 1\.2e-4 \| `default\.low-volume-lora-300\.0`, trial 4 \|/);
  assert.match(page, /## What failed\n\n- sam with 300 examples: too many failed trials\n/);
  assert.match(page, /## Not run yet\n\n- With 300 examples: head only, best frozen prefix, .*, UPET\.\n/);
  assert.match(pageOf(findings([], { scope: whole })), /UPET\.\n- With 500 examples: all methods\.\n- With 1000 examples: all methods\.\n/);
  assert.match(pageOf(findings([], { scope: quick })), /\*\*This is the quick run\*\*/);
});

test('a page of a method has a line for each number of examples', () => {
  const study = findings([aFinding('lora', all(0.02), { method: 'lora', trainedParameters: 74_000 })]);
  assert.deepEqual(measuredLines(study, 'lora'), [
    'With 300 examples: 66.5 ± 3.0 %, +2.0 points (95 % interval +2.0 to +2.0, p 0.002 after Holm, 10 seeds) against full fine-tuning; 74,000 trained parameters.',
  ]);
  assert.deepEqual(measuredLines(study, 'full'), ['With 300 examples: 64.5 ± 3.0 %, 10 seeds; 22,000,000 trained parameters.']);
  assert.deepEqual(measuredLines(study, 'mixout'), []);
});
