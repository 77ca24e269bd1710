import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SearchSpace } from '../../dimension.ts';
import { hypervolume } from '../../hypervolume.ts';
import type { SweepEvent } from '../../log.ts';
import { seededStream } from '../../random.ts';
import { contains, samplePrior } from '../../space.ts';
import { failed, reported, suggested } from '../../testing/logs.ts';
import { samplerContract } from '../../testing/sampler-contract.ts';
import { anySpace } from '../../testing/spaces.ts';
import { random } from '../random.ts';
import type { Sampler } from '../sampler.ts';
import { nsga2 } from './nsga2.ts';
import { populationOf } from './population.ts';

const objectives = [
  { metric: 'first', direction: 'minimize' },
  { metric: 'second', direction: 'maximize' },
] as const;
samplerContract('nsga2', (seed) => nsga2({ seed, objectives: [{ metric: 'eval/accuracy', direction: 'maximize' }] }));

test('nsga2: children lie in the space, whatever it is made of', () => {
  fc.assert(
    fc.property(anySpace, fc.nat({ max: 1000 }), (anywhere, seed) => {
      const log: SweepEvent[] = [];
      for (let trial = 0; trial < 30; trial += 1) {
        const assignment = samplePrior(anywhere, seededStream(seed, trial));
        log.push(suggested(trial, assignment), reported(trial, (trial * 7) % 30));
      }
      const child = nsga2({ seed, objectives: [{ metric: 'eval/accuracy', direction: 'maximize' }] })(anywhere, log);
      assert.ok(child !== undefined && contains(anywhere, child.assignment), JSON.stringify(child));
    }),
  );
});

const space: SearchSpace = [
  ...['a', 'b', 'c', 'd'].map((name) => ({ name, domain: { kind: 'uniform', min: 0, max: 1 }, activeWhen: {} }) as const),
  { name: 'method', domain: { kind: 'categorical', choices: ['good', 'bad', 'worse'] }, activeWhen: {} },
  { name: 'depth', domain: { kind: 'int', min: 0, max: 6 }, activeWhen: { method: 'good' } },
];

/** Little of `first` costs `second`; the rest should be small, the method good and the depth 3. */
function told(trial: number, assignment: Readonly<Record<string, unknown>>, rung = 0): SweepEvent {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => Number(assignment[name])) as [number, number, number, number];
  const off = b + c + d + (assignment.method === 'good' ? Math.abs(Number(assignment.depth) - 3) / 3 : 3);
  const metrics = { first: a + off, second: -(1 - Math.sqrt(a)) - off };
  return { ...reported(trial, 0), metrics, rung } as SweepEvent;
}

function volumeAfter(sampler: Sampler, trials: number): number {
  const log: SweepEvent[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const { assignment } = sampler(space, log)!;
    log.push(suggested(trial, assignment), told(trial, assignment));
  }
  const points = log.flatMap((event) => (event.type === 'reported' ? [[event.metrics.first!, -event.metrics.second!]] : []));
  return hypervolume(points, [3, 3]);
}

test('nsga2: dominates more than random draws do with twice as many trials', () => {
  for (const seed of [1, 2, 3]) {
    assert.ok(volumeAfter(nsga2({ seed, objectives }), 150) > volumeAfter(random({ seed }), 300));
  }
});

test('nsga2: parents are the best that were measured at the highest rung that has enough; failures are never among them', () => {
  const at = (x: number) => ({ a: x, b: 0, c: 0, d: 0, method: 'good', depth: 3 });
  const log: SweepEvent[] = [];
  for (const trial of [0, 1, 2, 3]) log.push(suggested(trial, at(trial / 4)), told(trial, { ...at(trial / 4), b: trial }));
  assert.deepEqual(populationOf(log, objectives, 2), [at(0), at(1 / 4)]);
  assert.deepEqual(populationOf(log, objectives, 5), []);
  log.push(failed(0), told(2, at(0), 1));
  assert.deepEqual(populationOf(log, objectives, 2), [at(1 / 4), at(2 / 4)]);
  log.push(told(3, at(0), 1));
  assert.deepEqual(populationOf(log, objectives, 2), [at(2 / 4), at(3 / 4)]);
  log.push({ ...told(1, at(0), 1), metrics: { first: 0, second: null } } as SweepEvent);
  assert.deepEqual(populationOf(log, objectives, 3), [at(1 / 4), at(2 / 4), at(3 / 4)]);
});
