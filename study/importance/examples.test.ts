/** The sweeps that measure rather than search, tried on a made-up task. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { SweepLog } from '../log.ts';
import { simulate } from '../simulator/simulate.ts';
import type { SimulatedObjective } from '../simulator/simulated-objective.ts';
import { simulationOf } from '../simulator/simulation-of.ts';
import { parseSweep } from '../spec.ts';
import { type Summary, summaryOf } from '../summary.ts';

const model = { layers: 6 };

/** Accuracy falls by 0.1 when the top layer is frozen, and rises by 0.05 when layer 0 is; some noise. */
const objective: SimulatedObjective = {
  metricsAt: ({ layers = [] }, _, random) => {
    const frozen = new Set(layers.filter(({ mode }) => mode === 'frozen').map(({ name }) => name));
    const accuracy = 0.7 - (frozen.has('5') ? 0.1 : 0) + (frozen.has('0') ? 0.05 : 0) + 0.02 * random.uniform();
    return { 'eval/accuracy': accuracy, 'test/accuracy': accuracy };
  },
  secondsPerStep: () => 1,
};

function found(example: string): { readonly summary: Summary; readonly log: SweepLog } {
  const sweep = parseSweep(parse(readFileSync(new URL(`../../examples/${example}.yaml`, import.meta.url), 'utf8')));
  const { log, outcome } = simulate(simulationOf(sweep, model, { objective, podStartSeconds: 1, crashRate: 0, attempts: 3, seed: 1 }));
  return { log, summary: summaryOf({ id: 'default.example.1', sweep, model }, log, outcome) };
}

test('prefix-curve covers its grid: 7 prefixes at 3 rates', () => {
  const { summary, log } = found('prefix-curve');
  assert.deepEqual([summary.counts.search, summary.outcome], [21, { result: 'succeeded', because: 'allTrialsDone' }]);
  assert.equal(
    new Set(log.flatMap((event) => (event.type === 'suggested' && event.purpose === 'search' ? [JSON.stringify(event.assignment)] : [])))
      .size,
    21,
  );
  assert.equal(summary.importance?.sample, 'grid');
});

test('freezing-effects finds the layers that mind, and which way', () => {
  const { summary } = found('freezing-effects');
  assert.equal(summary.importance?.trials, 48);
  assert.equal(summary.answer[1], 'Trials that froze layer 5 did worse.');
  assert.match(summary.answer[0]!, /[Ll]ayer.* 0.* can stay frozen/);
  assert.match(summary.answer[2]!, /^Freezing layer 5 matters most: it explains \d+ % .*; trained is better\.$/);
  assert.match(summary.answer[3]!, /^Freezing layer 0 matters too: \d+ % .*; frozen is better\.$/);
});

test('leave-one-layer-out measures each layer against full fine-tuning, on fresh seeds', () => {
  const { summary } = found('leave-one-layer-out');
  const mean = new Map(summary.heldOut.map((score) => [score.name, score.mean]));
  const loss = (layer: string) => (mean.get('fullFineTuning')! - mean.get(`freezeOnly:${layer}`)!).toFixed(2).replace('-0.00', '0.00');
  assert.deepEqual(['embeddings', '0', '1', '4', '5'].map(loss), ['0.00', '-0.05', '0.00', '0.00', '0.10']);
  assert.ok(summary.heldOut.every(({ values }) => values.length === 5));
});
