import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepEvent } from '../../study/log.ts';
import { seededStream } from '../../study/random.ts';
import { samplePrior, searchSpaceOf } from '../../study/space.ts';
import { summaryOf } from '../../study/summary.ts';
import { findingOf } from './findings.ts';
import { cellsOf, quick, sweepOf } from './sweeps.ts';

const model = { layers: 6 };
const machine = { processor: 'slow', cores: 2, slots: 2 };
const perLayer = cellsOf(quick, model).find(({ arm }) => arm.name === 'per-layer')!;
const sweep = sweepOf(perLayer, quick, { model: '/model', data: '/data' });

/** A trial that was trained to the end; a final one of trial 4. */
function trained(
  trial: number,
  purpose: 'search' | 'final',
  metrics: Readonly<Record<string, number>>,
  seconds: number,
): readonly SweepEvent[] {
  const assignment = samplePrior(searchSpaceOf(sweep.spec.parameters, model), seededStream(1, purpose === 'final' ? 4 : trial));
  const origin = purpose === 'final' ? ({ by: 'final', of: 4 } as const) : ({ by: 'sampler', seen: 0, panel: true } as const);
  const rungs = purpose === 'final' ? [180] : [60, 180];
  const cost = { seconds: seconds / rungs.length, gpuSeconds: 0 };
  return [
    { type: 'suggested', at: 1000 * trial, trial, purpose, origin, seed: 700 + trial, assignment },
    ...rungs.map((step, rung): SweepEvent => ({ type: 'reported', at: 1000 * trial + 500, trial, rung, step, metrics, cost })),
  ];
}

test('a finding is what the log says: held-out scores by seed, what was trained, what it cost', async () => {
  const search = Array.from({ length: 21 }, (_, trial) =>
    trained(trial, 'search', { 'eval/accuracy': trial === 4 ? 0.9 : 0.5 + trial / 100 }, 2),
  ).flat();
  const finals = [0.61, 0.63].map((score, index) =>
    trained(21 + index, 'final', { 'eval/accuracy': 0.7, 'test/accuracy': score, 'test/majority': 0.1, 'model/trainedParameters': 77 }, 5),
  );
  const log = [...search, ...finals.flat()];
  const file = { schema: 1, id: 'default.low-volume-per-layer-300.0', createdAt: '', sweep, model, versions: {} } as const;
  const summary = summaryOf(file, log, { result: 'succeeded', because: 'allTrialsDone' });
  const { best, profile, ...finding } = await findingOf({ read: async () => file, readLog: async () => log }, summary, perLayer, machine);
  assert.deepEqual(finding, {
    arm: 'per-layer',
    title: perLayer.arm.title,
    method: 'full',
    isMain: true,
    size: 300,
    sweep: 'default.low-volume-per-layer-300.0',
    from: '1970-01-01T00:00:00.000Z',
    to: '1970-01-01T00:00:22.500Z',
    trials: 21,
    searchSeconds: 42,
    scores: [
      { seed: 721, score: 0.61, seconds: 5 },
      { seed: 722, score: 0.63, seconds: 5 },
    ],
    trainedParameters: 77,
    majority: 0.1,
    machine,
  });
  assert.equal(best.trial, 4);
  assert.deepEqual(
    profile?.layers.map(({ layer }) => layer),
    ['embeddings', '0', '1', '2', '3', '4', '5'],
  );
  assert.equal(profile?.trials, 21);
});
