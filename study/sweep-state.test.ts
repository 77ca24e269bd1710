import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededStream } from './random.ts';
import type { Rung } from './rung.ts';
import { newSweep, type SweepState } from './sweep-state.ts';

/** A rung at which `count` trials reported losses of full precision, and a third went on. */
function aFullRung(count: number): Rung {
  const random = seededStream(1, count);
  const trials = Array.from({ length: count }, (_, index) => index);
  return { trials, losses: trials.map(() => random.uniform()), closed: trials.filter((trial) => trial % 3 === 0) };
}

test('what a workflow carries on stays under 500 kB at 10,000 trials and four rungs', () => {
  const plan = {
    objective: { metric: 'eval/accuracy', direction: 'maximize' },
    pruner: { name: 'asha', mode: 'promote', reductionFactor: 3 },
    rungs: [50, 150, 450, 1350],
    numTrials: 10_000,
    maxFailedTrials: 100,
    finalSeeds: 3,
    baselines: [],
    seed: 7,
  } as const;
  const live = Array.from({ length: 1000 }, (_, trial) => ({ trial, state: 'running', rung: 0, purpose: 'search' }) as const);
  const state: SweepState = { ...newSweep(plan, 1000, 0), live, rungs: [10_000, 3333, 1111, 370].map(aFullRung) };
  const bytes = Buffer.byteLength(JSON.stringify(state));
  assert.ok(bytes < 500_000, `${bytes} bytes`);
});
