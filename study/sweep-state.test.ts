import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lossesOf } from './objective.ts';
import { seededStream } from './random.ts';
import type { Rung } from './rung.ts';
import { newSweep, type SweepState } from './sweep-state.ts';
import { mostPaired, type Objective } from './trial.ts';

/** A rung at which `count` trials reported values of full precision and losses of many examples, and a third went on. */
function aFullRung(count: number, objectives: readonly Objective[]): Rung {
  const random = seededStream(1, count);
  const metrics = () => Object.fromEntries(objectives.map(({ metric }) => [metric, random.uniform()]));
  const rows = Array.from({ length: count }, () => lossesOf(metrics(), objectives));
  const [losses, ...others] = objectives.map((_, objective) => rows.map((row) => row[objective]!));
  const trials = [...rows.keys()];
  const best = { trial: 0, losses: Array.from({ length: mostPaired }, () => Number(random.uniform().toPrecision(6))) };
  return { trials, losses: losses!, others, best, closed: trials.filter((trial) => trial % 3 === 0) };
}

const accuracy = { metric: 'eval/accuracy', direction: 'maximize' } as const;
const costs = [
  { metric: 'cost/gpuSeconds', direction: 'minimize' },
  { metric: 'model/trainedParameters', direction: 'minimize' },
] as const;
const cases = [
  { numTrials: 10_000, objectives: [accuracy] },
  { numTrials: 10_000, objectives: [accuracy, costs[0]] },
  { numTrials: 6_666, objectives: [accuracy, ...costs] },
];
for (const { numTrials, objectives } of cases) {
  test(`what a workflow carries on stays under 500 kB at ${numTrials} trials, four rungs and ${objectives.length} objectives`, () =>
    assertFits(numTrials, objectives));
}

function assertFits(numTrials: number, objectives: readonly Objective[]): void {
  const plan = {
    objectives,
    pruner: { name: 'asha', mode: 'promote', reductionFactor: 3, by: 'firstObjective', direction: 'minimize' },
    rungs: [50, 150, 450, 1350],
    numTrials,
    maxFailedTrials: 100,
    finalSeeds: 3,
    baselines: [],
    seed: 7,
  } as const;
  const live = Array.from({ length: 1000 }, (_, trial) => ({ trial, state: 'running', rung: 0, purpose: 'search' }) as const);
  const state: SweepState = {
    ...newSweep(plan, 1000, 0),
    live,
    rungs: [1, 3, 9, 27].map((share) => aFullRung(Math.floor(numTrials / share), objectives)),
  };
  const bytes = Buffer.byteLength(JSON.stringify(state));
  assert.ok(bytes < 500_000, `${bytes} bytes`);
}
