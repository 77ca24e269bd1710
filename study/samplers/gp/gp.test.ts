import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchSpace } from '../../dimension.ts';
import type { SweepEvent } from '../../log.ts';
import { contains } from '../../space.ts';
import { failed, reported, suggested } from '../../testing/logs.ts';
import { samplerContract } from '../../testing/sampler-contract.ts';
import type { Assignment, JsonNumber } from '../../trial.ts';
import { random } from '../random.ts';
import type { Sampler } from '../sampler.ts';
import { gp } from './gp.ts';

const objective = { metric: 'eval/accuracy', direction: 'maximize' } as const;
const build = (seed: number, change: object = {}) => gp({ seed, startupTrials: 5, objective, ...change });

samplerContract('gp', (seed) => build(seed, { startupTrials: 2 }));

const x: SearchSpace[number] = { name: 'x', domain: { kind: 'uniform', min: 0, max: 1 }, activeWhen: {} };
const plane: SearchSpace = [x, { ...x, name: 'y' }];
const hill = ({ x: a, y: b }: Assignment): number => -((Number(a) - 0.2) ** 2) - (Number(b) - 0.7) ** 2;

const perLayer: SearchSpace = Array.from({ length: 8 }, (_, index) => ({
  name: `layers.${index}`,
  domain: { kind: 'logUniform', min: 1e-6, max: 1e-2 },
  activeWhen: {},
  layer: { of: 'layers', index, count: 8 },
}));
/** Rates that rise with depth are right. */
const ramp = (assignment: Assignment): number =>
  -perLayer.reduce((sum, { name }, depth) => sum + (Math.log10(Number(assignment[name])) / 4 + 1.5 - 0.3 - depth / 20) ** 2, 0);

function search(ask: Sampler, space: SearchSpace, accuracy: (assignment: Assignment) => JsonNumber, trials: number): readonly SweepEvent[] {
  const log: SweepEvent[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const { assignment } = ask(space, log)!;
    log.push(suggested(trial, assignment), reported(trial, accuracy(assignment)));
  }
  return log;
}

const assignmentsOf = (log: readonly SweepEvent[]): readonly Assignment[] =>
  log.flatMap((event) => (event.type === 'suggested' ? [event.assignment] : []));

test('gp: finds the top of a smooth hill within twenty trials', () => {
  for (let seed = 0; seed < 3; seed += 1) {
    const best = Math.max(...assignmentsOf(search(build(seed), plane, hill, 20)).map(hill));
    assert.ok(best > -1e-3, `seed ${seed}: ${best}`);
  }
});

test('gp: a profile over eight layers within forty trials, where random search is nowhere near', () => {
  const best = (ask: Sampler) => Math.max(...assignmentsOf(search(ask, perLayer, ramp, 40)).map(ramp));
  const [learnt, drawn] = [best(build(1)), best(random({ seed: 1 }))];
  assert.ok(-learnt < -drawn / 10, `${learnt}, random search ${drawn}`);
});

test('gp: reports that are no number are harmless, and where they come from is left', () => {
  const diverging = (assignment: Assignment): JsonNumber => (Number(assignment.x) > 0.5 ? null : hill(assignment));
  const log = search(build(4), plane, diverging, 25);
  const tried = assignmentsOf(log);
  assert.ok(tried.every((assignment) => contains(plane, assignment)));
  assert.ok(tried.slice(10).filter((assignment) => Number(assignment.x) > 0.5).length <= 3, JSON.stringify(tried.slice(10)));
  assert.ok(Math.max(...tried.map(hill)) > -1e-2);
});

test('gp: fills the space evenly where nothing has reported a number', () => {
  const log = Array.from({ length: 12 }, (_, trial) => [suggested(trial, { x: 0.1, y: 0.1 }), failed(trial)]).flat();
  assert.deepEqual(build(5)(plane, log), build(5, { startupTrials: 100 })(plane, log));
});

test('gp: no trial twice, pending or not, until all have been tried', () => {
  const space: SearchSpace = [
    { name: 'depth', domain: { kind: 'int', min: 0, max: 3 }, activeWhen: {} },
    { name: 'method', domain: { kind: 'categorical', choices: ['full', 'dps'] }, activeWhen: {} },
  ];
  const log: SweepEvent[] = Array.from({ length: 5 }, (_, trial) => [
    suggested(trial, { depth: trial % 4, method: trial < 4 ? 'full' : 'dps' }),
    reported(trial, trial % 4),
  ]).flat();
  for (let trial = 5; trial < 8; trial += 1) log.push(suggested(trial, build(6)(space, log)!.assignment));
  const tried = assignmentsOf(log).map(({ depth, method }) => `${depth} ${method}`);
  assert.equal(new Set(tried).size, 8, tried.join(', '));
  assert.ok(contains(space, build(6)(space, log)!.assignment), 'then one of them again');
});

test('gp: of what is equally good it tries what is cheap', () => {
  const log: SweepEvent[] = Array.from({ length: 16 }, (_, trial) => {
    const at = { x: (trial + 0.5) / 16, y: ((trial * 7) % 16) / 16 };
    const report = reported(trial, -((at.y - 0.5) ** 2));
    return [suggested(trial, at), { ...report, cost: { seconds: 1, gpuSeconds: Math.exp(-3 * at.x) } } as SweepEvent];
  }).flat();
  const asked = Array.from({ length: 8 }, (_, seed) => Number(build(seed)(plane, log)!.assignment.x));
  assert.ok(asked.filter((share) => share > 0.5).length >= 6, `${asked}`);
});

test('gp: learns from a rung above what the one below cannot tell', () => {
  const log: SweepEvent[] = [];
  for (let trial = 0; trial < 24; trial += 1) {
    const at = { x: ((trial * 5) % 24) / 24, y: (trial + 0.5) / 24 };
    log.push(suggested(trial, at), reported(trial, hill(at)));
    if (trial % 2 === 0) log.push({ ...reported(trial, hill(at) - 5), rung: 1 } as SweepEvent); // worse as a number, the same in rank
  }
  const { x: a, y: b } = build(7)(plane, log)!.assignment;
  assert.ok(Math.abs(Number(a) - 0.2) < 0.15 && Math.abs(Number(b) - 0.7) < 0.15, `${a}, ${b}`);
});

test('gp: says by how much it expects to better the best, in the unit of the objective, once it has a model', () => {
  const expectedOf = (scale: number) => {
    const log: SweepEvent[] = [];
    return Array.from({ length: 25 }, (_, trial) => {
      const { assignment, expectedImprovement } = build(3)(plane, log)!;
      log.push(suggested(trial, assignment), reported(trial, scale * hill(assignment)));
      return expectedImprovement;
    });
  };
  const expected = expectedOf(1);
  assert.deepEqual(
    expected.map((improvement) => improvement !== undefined),
    Array.from({ length: 25 }, (_, trial) => trial >= 5),
  );
  assert.ok(expected[5]! > 1e-2 && expected[24]! < 1e-3, `${expected}`); // the hill is 1.13 high at most
  const scaled = expectedOf(1024);
  for (const [trial, improvement] of expected.entries()) {
    if (improvement !== undefined) assert.ok(Math.abs(scaled[trial]! / 1024 / improvement - 1) < 0.01, `${trial}: ${scaled[trial]}`);
  }
});
