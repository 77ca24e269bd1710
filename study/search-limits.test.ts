import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Origin } from './log.ts';
import type { Ending } from './outcome.ts';
import { emptyRung, withReport } from './rung.ts';
import { entered, limitReached, unpromisingAfter } from './search-limits.ts';
import { newSweep, type SweepPlan } from './sweep-state.ts';
import type { Report } from './trial.ts';

const aPlan = (plan: Partial<SweepPlan>): SweepPlan => ({
  objectives: [{ metric: 'eval/accuracy', direction: 'maximize' }],
  pruner: { name: 'none' },
  rungs: [10, 30],
  numTrials: 100,
  maxFailedTrials: 3,
  finalSeeds: 0,
  baselines: [],
  seed: 0,
  ...plan,
});

/** Each report took an hour of a GPU. */
const aReport = (trial: number, rung: number, accuracy: number | null): Report => ({
  schema: 1,
  trial,
  rung,
  step: 10,
  metrics: { 'eval/accuracy': accuracy },
  diverged: accuracy === null,
  cost: { seconds: 3600, gpuSeconds: 3600 },
  attempt: 1,
  versions: {},
});

/** After which of the reports the search ends, and why. */
function endOf(plan: SweepPlan, reports: readonly Report[]): readonly [number, Ending] | undefined {
  let state = newSweep(plan, 1, 0);
  for (const [count, report] of reports.entries()) {
    const { trial, rung, metrics } = report;
    const accuracy = metrics['eval/accuracy'] ?? null;
    const loss = accuracy === null ? null : -accuracy;
    const rungs = state.rungs.with(rung, withReport(state.rungs[rung] ?? emptyRung, trial, [loss]));
    state = { ...state, rungs, ledger: entered(state.ledger, plan, report, loss, rungs[0]!.trials.length) };
    const ending = limitReached(state, report);
    if (ending !== undefined) return [count + 1, ending];
  }
  return undefined;
}

/** Trials 0, 1, 2 … each report at both rungs. */
const toTheEnd = (...accuracies: readonly (number | null)[]): readonly Report[] =>
  accuracies.flatMap((accuracy, trial) => [aReport(trial, 0, accuracy), aReport(trial, 1, accuracy)]);
const goal = { metric: 'eval/accuracy', direction: 'maximize', goal: 0.8 } as const;

const cases: readonly {
  name: string;
  plan: Partial<SweepPlan>;
  reports: readonly Report[];
  want: readonly [number, Ending] | undefined;
}[] = [
  { name: 'no limit', plan: {}, reports: toTheEnd(0.7, 0.9, null), want: undefined },
  { name: 'GPU-hours', plan: { gpuHours: 3 }, reports: toTheEnd(0.7, 0.9), want: [3, 'gpuHoursSpent'] },
  { name: 'money', plan: { cost: { max: 5, pricePerGpuHour: 2 } }, reports: toTheEnd(0.7, 0.9), want: [3, 'costSpent'] },
  { name: 'a goal, met exactly', plan: { objectives: [goal] }, reports: toTheEnd(0.7, 0.8), want: [4, 'goalReached'] },
  {
    name: 'a goal that only an early rung meets',
    plan: { objectives: [goal] },
    reports: [aReport(0, 0, 0.9), aReport(0, 1, 0.7)],
    want: undefined,
  },
  {
    name: 'a goal below which less is better',
    plan: { objectives: [{ ...goal, direction: 'minimize' }] },
    reports: toTheEnd(0.9, 0.7),
    want: [4, 'goalReached'],
  },
  { name: 'a goal and a budget at once', plan: { objectives: [goal], gpuHours: 2 }, reports: toTheEnd(0.8), want: [2, 'goalReached'] },
  { name: 'a loss that is no number meets no goal', plan: { objectives: [goal] }, reports: toTheEnd(null), want: undefined },
  {
    name: 'two trials without improvement, counted from the record at 0.8',
    plan: { noImprovement: { trials: 2, minDelta: 0 } },
    reports: toTheEnd(0.7, 0.8, 0.75, 0.8),
    want: [7, 'noImprovement'],
  },
  {
    name: 'small steps are no improvement until they add up',
    plan: { noImprovement: { trials: 3, minDelta: 0.05 } },
    reports: toTheEnd(0.7, 0.74, 0.78, 0.8, 0.8, 0.8),
    want: [11, 'noImprovement'], // 0.78 is the record at trial 2
  },
  {
    name: 'before the last rung there is no record to be improved',
    plan: { noImprovement: { trials: 1, minDelta: 0 } },
    reports: [aReport(0, 0, 0.5), aReport(1, 0, 0.4), aReport(2, 0, 0.3)],
    want: undefined,
  },
  {
    name: 'trials that end at an early rung count as tries',
    plan: { noImprovement: { trials: 2, minDelta: 0 } },
    reports: [...toTheEnd(0.5), aReport(1, 0, 0.4), aReport(2, 0, 0.3)],
    want: [4, 'noImprovement'],
  },
];
for (const { name, plan, reports, want } of cases) {
  test(`limits of the search: ${name}`, () => assert.deepEqual(endOf(aPlan(plan), reports), want));
}

test('suggestions that are not worth it are counted in a row; those of which nothing is expected neither count nor break it', () => {
  const expecting = (expectedImprovement: number): Origin => ({ by: 'sampler', seen: 0, expectedImprovement });
  const origins: readonly Origin[] = [
    { by: 'enqueued', name: 'headOnly' },
    expecting(0.009),
    { by: 'sampler', seen: 0, panel: true },
    expecting(0),
    expecting(0.01),
    expecting(0.005),
  ];
  const countsOf = (plan: Partial<SweepPlan>): readonly number[] => {
    let state = newSweep(aPlan(plan), 1, 0);
    return origins.map((origin) => {
      state = { ...state, unpromising: unpromisingAfter(state, origin) };
      return state.unpromising;
    });
  };
  assert.deepEqual(countsOf({ noExpectedImprovement: { below: 0.01, trials: 5 } }), [0, 1, 1, 2, 0, 1]);
  assert.deepEqual(countsOf({}), [0, 0, 0, 0, 0, 0]);
});
