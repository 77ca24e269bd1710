import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextCommands } from './schedule.ts';
import { newSweep, type SentCommand, type SweepPlan } from './sweep-state.ts';

const plan: SweepPlan = {
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  pruner: { name: 'none' },
  rungs: [1],
  numTrials: 10,
  maxFailedTrials: 0,
  finalSeeds: 0,
  baselines: [],
  seed: 1,
};
const pause = (trial: number): SentCommand => ({ type: 'pause', trial });
const goOn = (trial: number): SentCommand => ({ type: 'goOn', trial, rung: 1 });
const many = Array.from({ length: 250 }, (_, trial) => pause(trial));

const cases: readonly { name: string; due: readonly SentCommand[]; want: readonly SentCommand[] }[] = [
  { name: 'different trials are told at once', due: [pause(0), goOn(1), pause(2)], want: [pause(0), goOn(1), pause(2)] },
  {
    name: 'a trial that is told twice hears the second word later',
    due: [pause(0), goOn(1), goOn(0), pause(2)],
    want: [pause(0), goOn(1)],
  },
  { name: 'not all of very many', due: many, want: many.slice(0, 100) },
];
for (const { name, due, want } of cases) {
  test(name, () => assert.deepEqual(nextCommands({ ...newSweep(plan, 1, 0), due }), want));
}

test('new trials start one after the other, and only while there is a slot', () => {
  const state = newSweep(plan, 2, 0);
  assert.deepEqual(nextCommands(state), [{ type: 'suggest', trial: 0, seed: 100_000 }]);
  assert.deepEqual(nextCommands({ ...state, paused: true }), []);
});
