import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparison, type HeldOutScore } from './held-out.ts';
import type { Origin, SweepEvent } from './log.ts';
import { simulate } from './simulator/simulate.ts';
import type { SimulatedObjective } from './simulator/simulated-objective.ts';
import { simulationOf } from './simulator/simulation-of.ts';
import { summaryOf } from './summary.ts';
import { aSweep } from './testing/builders.ts';
import type { Objective } from './trial.ts';

const accuracy: Objective = { metric: 'eval/accuracy', direction: 'maximize' };

/** Its last rung lies at 20 steps. */
const searched = {
  id: 'default.x.1',
  sweep: aSweep({
    parameters: [{ name: 'x', searchSpace: { int: { min: 0, max: 9 } } }],
    pruneAlgorithm: { name: 'asha', minResource: 10, maxResource: 20 },
    trialTemplate: { command: ['trainer'] },
  }),
};

const suggested = (at: number, trial: number, origin: Origin): SweepEvent => ({
  type: 'suggested',
  at,
  trial,
  origin,
  purpose: origin.by === 'final' ? 'final' : 'search',
  seed: trial,
  assignment: { x: trial },
});
const reported = (at: number, trial: number, rung: number, metrics: Record<string, number | null>): SweepEvent => ({
  type: 'reported',
  at,
  trial,
  rung,
  step: 10 * (rung + 1),
  metrics,
  cost: { seconds: 2, gpuSeconds: 1 },
});

test('a summary is made of the log alone', () => {
  const log: SweepEvent[] = [
    suggested(0, 0, { by: 'enqueued', name: 'headOnly' }),
    suggested(0, 1, { by: 'sampler', seen: 0 }),
    suggested(0, 2, { by: 'sampler', seen: 0 }),
    reported(1_000, 0, 0, { 'eval/accuracy': 0.5 }),
    reported(2_000, 1, 0, { 'eval/accuracy': 0.9 }),
    { type: 'decided', at: 2_000, trial: 0, rung: 0, decision: { action: 'stop', reason: { code: 'searchOver' } } },
    reported(3_000, 1, 1, { 'eval/accuracy': 0.8 }),
    { type: 'decided', at: 3_000, trial: 1, rung: 1, decision: { action: 'stop', reason: { code: 'reachedTop' } } },
    { type: 'failed', at: 4_000, trial: 2, failure: { type: 'TrainerCrashed', message: 'exit code 1' } },
    suggested(5_000, 3, { by: 'final', of: 1 }),
    suggested(5_000, 4, { by: 'final', of: 0 }),
    suggested(5_000, 5, { by: 'final', of: 1 }),
    reported(6_000, 3, 0, { 'eval/accuracy': 0.7, 'test/accuracy': 0.75, 'test/majority': 0.1 }),
    reported(6_000, 4, 0, { 'eval/accuracy': 0.5, 'test/accuracy': 0.5, 'test/majority': 0.1 }),
    reported(6_000, 5, 0, { 'eval/accuracy': 0.8, 'test/accuracy': 0.85, 'test/majority': 0.1 }),
    { type: 'finished', at: 7_000, outcome: { result: 'succeeded', because: 'allTrialsDone' } },
  ];
  const { heldOut, verdict, ...rest } = summaryOf(searched, log, { result: 'succeeded', because: 'allTrialsDone' });
  assert.deepEqual(rest, {
    sweep: 'default.x.1',
    outcome: { result: 'succeeded', because: 'allTrialsDone' },
    objective: accuracy,
    best: { trial: 1, assignment: { x: 1 }, selectionValue: 0.8, final: 5 },
    counts: { search: 3, failed: 1, reachedTop: 1, finals: 3 },
    cost: { seconds: 12, gpuSeconds: 6 },
    savings: { spent: { seconds: 6, gpuSeconds: 3 }, unpruned: { seconds: 8, gpuSeconds: 4 } }, // trial 0 ended halfway
    wallSeconds: 7,
    answer: [],
  });
  assert.deepEqual(
    heldOut.map(({ name, trial, values }) => ({ name, trial, values })),
    [
      { name: 'best', trial: 1, values: [0.75, 0.85] },
      { name: 'headOnly', trial: 0, values: [0.5] },
      { name: 'majority', trial: undefined, values: [0.1] },
    ],
  );
  assert.equal(verdict.length, 2);
});

test('what the summary calls the best is what was trained again, though many accuracies are equal', () => {
  const coarse: SimulatedObjective = {
    metricsAt: (_, __, random) => ({ 'eval/accuracy': random.int(3) / 3 }),
    secondsPerStep: ({ assignment }) => 1 + Number(assignment.x),
  };
  const sweep = aSweep({ ...searched.sweep.spec, numTrials: 30, parallelTrials: 6, enqueue: undefined });
  for (let seed = 0; seed < 20; seed += 1) {
    const cluster = { objective: coarse, podStartSeconds: 0, crashRate: 0, attempts: 1, seed };
    const { log, outcome } = simulate(simulationOf(sweep, undefined, cluster));
    const { best } = summaryOf({ id: 'default.x.1', sweep }, log, outcome);
    const trainedAgain = log.flatMap((event) => (event.type === 'suggested' && event.origin.by === 'final' ? [event.origin.of] : []));
    assert.deepEqual(new Set(trainedAgain), new Set([best!.trial]));
    assert.ok(best!.final !== undefined);
  }
});

test('a summary warns of a rung that ranks trials otherwise than the last one', () => {
  const log = [1, 2, 3, 4, 5, 6, 7].flatMap((trial) => [
    suggested(0, trial, { by: 'sampler', seen: 0 }),
    reported(0, trial, 0, { 'eval/accuracy': trial }),
    reported(0, trial, 1, { 'eval/accuracy': -trial }),
  ]);
  const { warnings } = summaryOf(searched, log, { result: 'succeeded', because: 'allTrialsDone' });
  assert.deepEqual(
    warnings?.map((warning) => warning.split(':')[0]),
    ['Rung 0 (10 steps) hardly ranks trials as the last rung does'],
  );
});

test('with several objectives a summary shows what there is to choose from, and names the best by the first', () => {
  const objectives = [accuracy, { metric: 'cost/gpuSeconds', direction: 'minimize' }] as const;
  const sweep = aSweep({ ...searched.sweep.spec, objectives });
  const values = [
    [0.7, 30],
    [0.8, 50],
    [0.6, 40],
  ] as const;
  const log = values.flatMap(([value, seconds], trial) => [
    suggested(0, trial, { by: 'sampler', seen: 0 }),
    reported(0, trial, 0, { 'eval/accuracy': 0.9, 'cost/gpuSeconds': 10 }),
    reported(0, trial, 1, { 'eval/accuracy': value, 'cost/gpuSeconds': seconds }),
  ]);
  const { best, front } = summaryOf({ ...searched, sweep }, log, { result: 'succeeded', because: 'allTrialsDone' });
  assert.equal(best?.trial, 1);
  assert.deepEqual(front, {
    objectives,
    steps: 20,
    trials: [
      { trial: 1, values: { 'eval/accuracy': 0.8, 'cost/gpuSeconds': 50 } },
      { trial: 0, values: { 'eval/accuracy': 0.7, 'cost/gpuSeconds': 30 } },
    ],
  });
});

test('a log without a number has no best trial', () => {
  const log: SweepEvent[] = [suggested(0, 0, { by: 'sampler', seen: 0 }), reported(1, 0, 0, { 'eval/accuracy': null })];
  const summary = summaryOf(searched, log, { result: 'failed', because: 'noTrialReported', message: '' });
  assert.deepEqual(
    { best: summary.best, heldOut: summary.heldOut, verdict: summary.verdict },
    { best: undefined, heldOut: [], verdict: [] },
  );
});

const score = (name: string, mean: number, deviation: number | undefined, trial?: number): HeldOutScore => ({
  name,
  mean,
  values: deviation === undefined ? [mean] : [mean, mean, mean, mean],
  ...(deviation !== undefined && { deviation }),
  ...(trial !== undefined && { trial }),
});
// four seeds each: noise is 2·√(0.02²/4 + 0.02²/4) = 0.0283
const verdicts: readonly { name: string; best: HeldOutScore; other: HeldOutScore; want: string }[] = [
  {
    name: 'more than noise',
    best: score('best', 0.8, 0.02, 1),
    other: score('headOnly', 0.7, 0.02, 0),
    want: 'The best configuration beats headOnly by 0.100 (noise 0.028).',
  },
  {
    name: 'within noise',
    best: score('best', 0.71, 0.02, 1),
    other: score('headOnly', 0.7, 0.02, 0),
    want: 'The best configuration does not beat headOnly by more than noise (0.010, noise 0.028).',
  },
  {
    name: 'worse',
    best: score('best', 0.6, 0.02, 1),
    other: score('headOnly', 0.7, 0.02, 0),
    want: 'The best configuration loses to headOnly by 0.100 (noise 0.028).',
  },
  {
    name: 'the same',
    best: score('best', 0.7, 0.02, 0),
    other: score('headOnly', 0.7, 0.02, 0),
    want: 'The best configuration is headOnly itself.',
  },
  {
    name: 'one seed',
    best: score('best', 0.8, undefined, 1),
    other: score('headOnly', 0.7, undefined, 0),
    want: 'The best configuration beats headOnly by 0.100 on one seed, which says little.',
  },
];
for (const { name, best, other, want } of verdicts) {
  test(`verdict: ${name}`, () => assert.deepEqual(comparison([best, other], accuracy), [want]));
}

test('verdict: for a metric to minimize, less is better', () => {
  const sentences = comparison([score('best', 0.5, 0.02, 1), score('headOnly', 0.7, 0.02, 0)], {
    metric: 'eval/loss',
    direction: 'minimize',
  });
  assert.deepEqual(sentences, ['The best configuration beats headOnly by 0.200 (noise 0.028).']);
});
