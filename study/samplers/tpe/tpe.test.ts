import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchSpace } from '../../dimension.ts';
import type { SweepEvent } from '../../log.ts';
import { searchSpaceOf } from '../../space.ts';
import type { Parameter } from '../../spec/parameter-schema.ts';
import { failed, reported, suggested } from '../../testing/logs.ts';
import { samplerContract } from '../../testing/sampler-contract.ts';
import type { Assignment } from '../../trial.ts';
import { random } from '../random.ts';
import type { Sampler } from '../sampler.ts';
import { tpe } from './tpe.ts';

const objective = { metric: 'eval/accuracy', direction: 'maximize' } as const;
const build = (seed: number, change: object = {}) => tpe({ seed, startupTrials: 10, objective, ...change });

samplerContract('tpe', (seed) => build(seed, { startupTrials: 2 }));

const real = (name: string): Parameter => ({ name, searchSpace: { uniform: { min: 0, max: 1 } } });
const quadratic = {
  space: searchSpaceOf(['x', 'y', 'z'].map(real)),
  accuracy: ({ x, y, z }: Assignment) => -((Number(x) - 0.2) ** 2 + (Number(y) - 0.7) ** 2 + (Number(z) - 0.5) ** 2),
};

/** Freezing four layers is right, and so are a rate of 1e-4 and a decay of 0.9; more frozen layers want a higher rate. */
const layers: Parameter = {
  name: 'layers',
  searchSpace: {
    layerwise: {
      scheme: 'prefixDecay',
      frozenPrefix: { min: 0, max: 12 },
      learningRate: { min: 1e-6, max: 1e-2 },
      decay: { min: 0.5, max: 1 },
    },
  },
};
const prefix = {
  space: searchSpaceOf([layers], { layers: 12 }),
  accuracy: (assignment: Assignment) => {
    const depth = Number(assignment['layers.frozenPrefix']) / 12 - 1 / 3;
    const rate = Math.log10(Number(assignment['layers.learningRate'])) + 4;
    return 0.9 - depth ** 2 - (rate / 4 - depth) ** 2 - (Number(assignment['layers.decay']) - 0.9) ** 2;
  },
};

const perLayer = {
  space: searchSpaceOf([{ name: 'layers', searchSpace: { layerwise: { scheme: 'perLayer', learningRate: { min: 1e-6, max: 1e-2 } } } }], {
    layers: 5,
  }),
  accuracy: (assignment: Assignment) =>
    -['embeddings', '0', '1', '2', '3', '4'].reduce((sum, layer, depth) => {
      const rate = Number(assignment[`layers.${layer}`]);
      return sum + (depth < 3 ? Number(rate > 0) : rate === 0 ? 1 : (Math.log10(rate) / 4 + 1) ** 2);
    }, 0),
};

for (const [name, { space, accuracy }] of Object.entries({
  'a quadratic': quadratic,
  'a frozen prefix': prefix,
  'each layer by itself': perLayer,
})) {
  test(`tpe: on ${name} the median of nine searches of 60 trials is nearer to the optimum than random search gets`, () => {
    const seeds = Array.from({ length: 9 }, (_, seed) => seed);
    const median = (of: (seed: number) => Sampler) => seeds.map((seed) => bestOf(of(seed), space, accuracy)).toSorted((a, b) => a - b)[4]!;
    const optimum = name === 'a frozen prefix' ? 0.9 : 0;
    const [learnt, drawn] = [optimum - median((seed) => build(seed)), optimum - median((seed) => random({ seed }))];
    assert.ok(learnt < drawn / 2, `regret ${learnt}, random search ${drawn}`);
  });
}

const method: Parameter = { name: 'method', searchSpace: { categorical: { choices: ['full', 'dps'] } } };
const reserve: Parameter = { ...real('reserve'), activeWhen: { method: 'dps' } };

test('tpe: a condition that pays is met more often, and what it puts in use is learnt among those that met it', () => {
  const space = searchSpaceOf([method, reserve]);
  const accuracy = ({ reserve: share }: Assignment) => (share === undefined ? 0 : 1 - (Number(share) - 0.8) ** 2);
  const tried = search(build(3), space, accuracy, 60).slice(30);
  const shares = tried.flatMap(({ reserve: share }) => (share === undefined ? [] : [Number(share)]));
  assert.ok(shares.length > 20, `${shares.length} of 30`);
  const near = shares.filter((share) => Math.abs(share - 0.8) < 0.25).length;
  assert.ok(near > 0.7 * shares.length, `${near} of ${shares.length} near 0.8`);
});

test('tpe: until enough trials have reported, and where failures are all there is, it draws at random', () => {
  const { space } = quadratic;
  const nine = Array.from({ length: 9 }, (_, trial) => [suggested(trial, { x: 0.1, y: 0.1, z: 0.1 }), reported(trial, 0.5)]).flat();
  const failures = Array.from({ length: 30 }, (_, trial) => [suggested(trial, { x: 0.1, y: 0.1, z: 0.1 }), failed(trial)]).flat();
  const unlearnt = (log: readonly SweepEvent[]) => build(5, { startupTrials: 10_000 })(space, log);
  assert.deepEqual(build(5)(space, nine), unlearnt(nine));
  assert.deepEqual(build(5)(space, failures), unlearnt(failures));
  assert.notDeepEqual(build(5, { startupTrials: 9 })(space, nine), unlearnt(nine));
});

test('tpe: keeps away from where trials fail', () => {
  const space = searchSpaceOf([real('x')]);
  const log = Array.from({ length: 40 }, (_, trial) => {
    const x = (trial + 0.5) / 40;
    return [suggested(trial, { x }), x < 0.5 ? failed(trial) : reported(trial, 0.5)];
  }).flat();
  const asked = Array.from({ length: 50 }, (_, seed) => Number(build(seed)(space, log)!.assignment.x));
  assert.ok(asked.filter((x) => x >= 0.5).length > 45, `${asked}`);
});

test('tpe: keeps away from what runs already', () => {
  const space = searchSpaceOf([real('x')]);
  const reports = Array.from({ length: 40 }, (_, trial) => {
    const x = (trial + 0.5) / 40;
    return [suggested(trial, { x }), reported(trial, 1 - Math.abs(x - 0.5))];
  }).flat();
  const running = Array.from({ length: 20 }, (_, index) => suggested(40 + index, { x: 0.5 + index / 1000 }));
  const near = (log: readonly SweepEvent[]) =>
    Array.from({ length: 100 }, (_, seed) => Number(build(seed)(space, log)!.assignment.x)).filter((x) => x > 0.49 && x < 0.53).length;
  const [alone, beside] = [near(reports), near([...reports, ...running])];
  assert.ok(beside < alone / 2, `${beside} of 100 where 20 run, ${alone} where none does`);
});

test('tpe: a rung that misleads loses its say to the last one', () => {
  const space = searchSpaceOf([real('x')]);
  const both = Array.from({ length: 40 }, (_, trial) => {
    const x = (trial + 0.5) / 40;
    return [suggested(trial, { x }), reported(trial, x), { ...reported(trial, 1 - x), rung: 1, step: 150 } as SweepEvent];
  }).flat();
  const early = Array.from({ length: 40 }, (_, index) => [
    suggested(40 + index, { x: (index + 0.3) / 40 }),
    reported(40 + index, (index + 0.3) / 40),
  ]);
  const asked = Array.from({ length: 50 }, (_, seed) => Number(build(seed)(space, [...both, ...early.flat()])!.assignment.x));
  assert.ok(asked.filter((x) => x < 0.5).length > 45, `${asked}`);
});

function logOf(ask: Sampler, space: SearchSpace, accuracy: (assignment: Assignment) => number, trials: number): readonly SweepEvent[] {
  const log: SweepEvent[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const { assignment } = ask(space, log)!;
    log.push(suggested(trial, assignment), reported(trial, accuracy(assignment)));
  }
  return log;
}

const search = (...search_: Parameters<typeof logOf>): readonly Assignment[] =>
  logOf(...search_).flatMap((event) => (event.type === 'suggested' ? [event.assignment] : []));

const bestOf = (ask: Sampler, space: SearchSpace, accuracy: (assignment: Assignment) => number): number =>
  Math.max(...search(ask, space, accuracy, 60).map(accuracy));
