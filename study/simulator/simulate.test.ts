/** Whole sweeps in milliseconds: the code that decides, end to end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SweepLog } from '../log.ts';
import { aSweep } from '../testing/builders.ts';
import { layerFreezeObjective, layerFreezeTask, metric } from './layer-freeze.ts';
import { type SimulatedSweep, simulate } from './simulate.ts';
import type { SimulatedObjective } from './simulated-objective.ts';
import { simulationOf } from './simulation-of.ts';
import type { ClusterSettings } from './virtual-cluster.ts';

type Fields = Readonly<Record<string, unknown>>;

const learningRate = { min: 1e-6, max: 1e-3 };
const smallFields = {
  objectives: [{ metric, direction: 'minimize' }],
  parameters: [
    { name: 'layers', searchSpace: { layerwise: { scheme: 'perLayer', frozenPrefix: { min: 0, max: 12 }, learningRate } } },
    { name: 'headLearningRate', searchSpace: { fixed: { value: 1e-3 } } },
  ],
  searchAlgorithm: { name: 'tpe', seed: 7 },
  pruneAlgorithm: { name: 'asha', minResource: 1, maxResource: 27 },
  numTrials: 40,
  parallelTrials: 4,
  finalSeeds: 1,
};
const quiet: ClusterSettings = {
  objective: layerFreezeObjective(layerFreezeTask('ramp', 1)),
  podStartSeconds: 10,
  crashRate: 0,
  attempts: 3,
  seed: 1,
};

const run = (spec: Fields = {}, cluster: Partial<ClusterSettings> = {}): SimulatedSweep =>
  simulate(simulationOf(aSweep({ ...smallFields, ...spec }), { layers: 12 }, { ...quiet, ...cluster }));

const searchedTrials = (log: SweepLog) =>
  log.flatMap((event) => (event.type === 'suggested' && event.purpose === 'search' ? [event.trial] : []));
const failedTrials = (log: SweepLog) => log.flatMap((event) => (event.type === 'failed' ? [event.trial] : []));

test('the same simulation gives the same log', () => {
  assert.deepEqual(run(), run());
});

test('a sweep tries as many trials as it was told, ends each, and trains the best again', () => {
  const { log, outcome } = run();
  assert.deepEqual(outcome, { result: 'succeeded', because: 'allTrialsDone' });
  assert.deepEqual(
    searchedTrials(log),
    Array.from({ length: 40 }, (_, trial) => trial),
  );
  assert.equal(log.filter((event) => event.type === 'suggested' && event.purpose === 'final').length, 1);
});

/** How many trials run at each moment, by what the log says of them. */
function mostAtOnce(log: SweepLog): number {
  const running = new Set<number>();
  return Math.max(
    ...log.map((event) => {
      if (event.type === 'suggested' || (event.type === 'decided' && event.decision.action === 'continue')) running.add(event.trial);
      if (event.type === 'reported' || event.type === 'failed') running.delete(event.trial);
      return running.size;
    }),
  );
}

const anySimulation = fc.record({
  seed: fc.nat({ max: 10_000 }),
  parallelTrials: fc.integer({ min: 1, max: 9 }),
  numTrials: fc.integer({ min: 1, max: 30 }),
  crashRate: fc.constantFrom(0, 0.2, 0.9),
  podStartSeconds: fc.constantFrom(0, 45),
  pruneAlgorithm: fc.constantFrom(
    { name: 'none', maxResource: 27 },
    { name: 'asha', minResource: 1, maxResource: 27 },
    { name: 'asha', mode: 'stop', minResource: 3, maxResource: 27 },
    { name: 'pasha', minResource: 1, maxResource: 27 },
    { name: 'curve', minResource: 1, maxResource: 27 },
    { name: 'hyperband', minResource: 1, maxResource: 27 },
    { name: 'median', minResource: 1, maxResource: 27 },
  ),
});

test('whatever befalls the trials, none is lost and no more run than may', () => {
  fc.assert(
    fc.property(anySimulation, ({ seed, crashRate, podStartSeconds, ...spec }) => {
      const { log, outcome } = run(
        { ...spec, maxFailedTrials: 1000, searchAlgorithm: { name: 'random', seed } },
        { seed, crashRate, podStartSeconds },
      );
      const { numTrials, parallelTrials } = spec;
      const trials = searchedTrials(log);
      assert.deepEqual(
        trials,
        Array.from({ length: numTrials }, (_, trial) => trial),
      );
      const ended = new Set([
        ...failedTrials(log),
        ...log.flatMap((event) => (event.type === 'decided' && event.decision.action === 'stop' ? [event.trial] : [])),
      ]);
      assert.deepEqual(
        trials.filter((trial) => !ended.has(trial)),
        [],
      );
      assert.ok(mostAtOnce(log) <= parallelTrials, `${mostAtOnce(log)} at once`);
      assert.equal(outcome.result, log.some(({ type }) => type === 'reported') ? 'succeeded' : 'failed');
    }),
    { numRuns: 60 },
  );
});

/** No noise, and every trial takes the same time: all slots report at the same moment, in an order that only the seed decides. */
const inStep: SimulatedObjective = {
  metricsAt: (_, step, random) => {
    random.uniform();
    return { [metric]: 1 / step };
  },
  secondsPerStep: () => 60,
};

test('in whatever order trials are heard that report at the same moment, none is lost', () => {
  const spec = { parallelTrials: 9, numTrials: 27, searchAlgorithm: { name: 'random', seed: 1 } };
  const logs = Array.from({ length: 20 }, (_, seed) => run(spec, { objective: inStep, seed }).log);
  const heard = logs.map((log) => log.flatMap((event) => (event.type === 'reported' ? [`${event.trial}@${event.rung}`] : [])));
  assert.ok(new Set(heard.map((reports) => reports.slice(0, 9).join())).size > 1); // the orders do differ
  const perRung = heard.map((reports) => [0, 1, 2, 3].map((rung) => reports.filter((report) => report.endsWith(`@${rung}`)).length));
  assert.deepEqual(
    perRung,
    perRung.map(() => [28, 9, 3, 1]), // 27 trials, thirds of them, and the final one, whose only rung is 0
  );
});

test('crashes cost time and are charged; a trial fails when its attempts are used up', () => {
  const [healthy, shaky] = [0, 0.3].map((crashRate) => run({}, { objective: inStep, crashRate, attempts: 1000 })) as [
    SimulatedSweep,
    SimulatedSweep,
  ];
  assert.deepEqual(failedTrials(shaky.log), []);
  assert.ok(shaky.gpuSeconds > healthy.gpuSeconds);
  const losing = run({ maxFailedTrials: 40 }, { crashRate: 0.5 });
  assert.ok(failedTrials(losing.log).length > 0 && failedTrials(losing.log).length < 20);
  const { outcome } = run({ maxFailedTrials: 2 }, { crashRate: 1 });
  assert.equal(outcome.result === 'failed' && outcome.because, 'tooManyFailedTrials');
});

test('the log charges what the slots spent', () => {
  const { log, gpuSeconds } = run();
  const charged = log.reduce((sum, event) => sum + (event.type === 'reported' ? event.cost.gpuSeconds : 0), 0);
  assert.ok(Math.abs(charged - gpuSeconds) < 1e-6 * gpuSeconds, `${charged} of ${gpuSeconds}`);
});

test('what a trial has cost so far can be an objective', () => {
  const { log } = run({
    objectives: [
      { metric, direction: 'minimize' },
      { metric: 'cost/gpuSeconds', direction: 'minimize' },
    ],
  });
  const spent = new Map<number, number>();
  for (const event of log) {
    if (event.type !== 'reported') continue;
    spent.set(event.trial, (spent.get(event.trial) ?? 0) + event.cost.gpuSeconds);
    assert.equal(event.metrics['cost/gpuSeconds'], spent.get(event.trial));
  }
  assert.ok(spent.size > 40);
});

test('a pod is started for each trial and for each promotion, but not for one that goes on at once', () => {
  const starts = (podStartSeconds: number, mode: string) =>
    run(
      { searchAlgorithm: { name: 'random', seed: 1 }, pruneAlgorithm: { ...smallFields.pruneAlgorithm, mode }, parallelTrials: 1 },
      { podStartSeconds },
    );
  const { log, gpuSeconds } = starts(100, 'stop');
  assert.equal(Math.round(gpuSeconds - starts(0, 'stop').gpuSeconds), 100 * 41); // 40 trials and the final one
  const promotions = (events: SweepLog) => {
    const paused = new Set<number>();
    return events.filter((event) => {
      if (event.type !== 'decided') return false;
      if (event.decision.action === 'pause') paused.add(event.trial);
      return event.decision.action === 'continue' && paused.delete(event.trial);
    }).length;
  };
  assert.equal(promotions(log), 0);
  const promoted = starts(100, 'promote');
  assert.equal(Math.round(promoted.gpuSeconds - starts(0, 'promote').gpuSeconds), 100 * (41 + promotions(promoted.log)));
});

test('the search ends when its time is spent, and what was not reported by then is charged all the same', () => {
  const { log, outcome, gpuSeconds } = run({ budget: { duration: '1h' }, numTrials: 1000, finalSeeds: 0 });
  assert.deepEqual(outcome, { result: 'succeeded', because: 'durationSpent' });
  assert.equal(log.at(-1)!.at, 3_600_000);
  assert.ok(Math.abs(gpuSeconds - 4 * 3600) < 1e-6, `${gpuSeconds}`); // four slots that were never idle
});

test('pruning saves GPU time and finds no worse a configuration', () => {
  const gpuSeconds = (name: string) => run({ pruneAlgorithm: { ...smallFields.pruneAlgorithm, name }, finalSeeds: 0 }).gpuSeconds;
  const whole = gpuSeconds('none');
  assert.ok(gpuSeconds('asha') < 0.25 * whole);
  assert.ok(gpuSeconds('hyperband') < 0.6 * whole);
  assert.ok(gpuSeconds('median') < 0.8 * whole);
});

test('a sweep of 1,000 trials on 50 slots comes to its end', () => {
  const { log, outcome } = run({ numTrials: 1000, parallelTrials: 50, searchAlgorithm: { name: 'random' } });
  assert.equal(outcome.result, 'succeeded');
  assert.equal(searchedTrials(log).length, 1000);
});

/** Two parameters; the best loss is 0. */
const bowl: SimulatedObjective = {
  metricsAt: ({ assignment }) => ({ [metric]: (Number(assignment.x) - 0.3) ** 2 + (Number(assignment.y) - 0.8) ** 2 }),
  secondsPerStep: () => 1,
};
const unit = { uniform: { min: 0, max: 1 } };
const inBowl = (seed: number, budget: Fields): SimulatedSweep =>
  run(
    {
      parameters: ['x', 'y'].map((name) => ({ name, searchSpace: unit })),
      trialTemplate: { command: ['none'] },
      searchAlgorithm: { name: 'gp', seed },
      pruneAlgorithm: { name: 'none', maxResource: 27 },
      numTrials: 60,
      budget,
    },
    { objective: bowl },
  );
const bestOf = ({ log }: SimulatedSweep): number =>
  Math.min(...log.flatMap((event) => (event.type === 'reported' ? [event.metrics[metric]!] : [])));

for (const seed of [1, 2, 3]) {
  test(`a search with gp ends when it expects little, and what it leaves undone would bring no more: seed ${seed}`, () => {
    const below = 0.001;
    const early = inBowl(seed, { noExpectedImprovement: { below, trials: 4 } });
    const whole = inBowl(seed, {});
    assert.deepEqual(early.outcome, { result: 'succeeded', because: 'noExpectedImprovement' });
    assert.deepEqual(whole.outcome, { result: 'succeeded', because: 'allTrialsDone' });
    const count = searchedTrials(early.log).length;
    assert.ok(count < 40, `${count} trials`);
    assert.equal(early.log.filter(({ type }) => type === 'reported').length, count + 1); // all that started reported, and one final
    assert.ok(bestOf(early) - bestOf(whole) < below, `${bestOf(early)} against ${bestOf(whole)}`);
    const expected = early.log.flatMap((event) =>
      event.type === 'suggested' && event.origin.by === 'sampler' && event.origin.expectedImprovement !== undefined
        ? [event.origin.expectedImprovement < below]
        : [],
    );
    assert.deepEqual(expected.slice(-5), [false, true, true, true, true]);
  });
}

test('a search goes on while more is expected of it', () => {
  assert.deepEqual(inBowl(1, { noExpectedImprovement: { below: 1e-12, trials: 4 } }).outcome, {
    result: 'succeeded',
    because: 'allTrialsDone',
  });
});
