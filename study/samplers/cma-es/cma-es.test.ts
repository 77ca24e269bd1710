import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchSpace } from '../../dimension.ts';
import type { SweepEvent } from '../../log.ts';
import { searchSpaceOf } from '../../space.ts';
import type { Parameter } from '../../spec/parameter-schema.ts';
import { reported, suggested } from '../../testing/logs.ts';
import { samplerContract } from '../../testing/sampler-contract.ts';
import type { Assignment } from '../../trial.ts';
import { random } from '../random.ts';
import type { Sampler } from '../sampler.ts';
import { cmaEs } from './cma-es.ts';

const objective = { metric: 'eval/accuracy', direction: 'maximize' } as const;
const build = (seed: number) => cmaEs({ seed, objective });

samplerContract('cmaEs', build);

const real = (name: string): Parameter => ({ name, searchSpace: { uniform: { min: 0, max: 1 } } });
const whole = (name: string): Parameter => ({ name, searchSpace: { int: { min: 0, max: 12 } } });
const miss = (value: unknown, best: number): number => (Number(value) - best) ** 2;

const tasks: Readonly<Record<string, { readonly space: SearchSpace; readonly accuracy: (assignment: Assignment) => number }>> = {
  'a narrow valley': {
    space: searchSpaceOf(['x', 'y', 'z'].map(real)),
    accuracy: ({ x, y, z }) => -miss(x, Number(y)) * 20 - miss(Number(x) + Number(y), 0.6) - miss(z, 0.2),
  },
  'whole numbers and choices': {
    space: searchSpaceOf([
      whole('depth'),
      { name: 'method', searchSpace: { categorical: { choices: ['full', 'bitfit', 'dps'] } } },
      real('reserve'),
    ]),
    accuracy: ({ depth, method, reserve }) => -miss(depth, 9) / 50 - Number(method !== 'dps') / 4 - miss(reserve, 0.7),
  },
  'layers that may be frozen': {
    space: searchSpaceOf([{ name: 'layers', searchSpace: { layerwise: { scheme: 'perLayer', learningRate: { min: 1e-6, max: 1e-2 } } } }], {
      layers: 4,
    }),
    accuracy: (assignment) =>
      -['embeddings', '0', '1', '2', '3'].reduce((sum, layer, depth) => {
        const rate = Number(assignment[`layers.${layer}`]);
        return sum + (depth < 2 ? Number(rate > 0) : rate === 0 ? 1 : (Math.log10(rate) / 4 + 1) ** 2);
      }, 0),
  },
};
for (const [name, { space, accuracy }] of Object.entries(tasks)) {
  test(`cmaEs: on ${name} the median of nine searches of 100 trials is nearer to the optimum than random search gets`, () => {
    const median = (of: (seed: number) => Sampler) =>
      Array.from({ length: 9 }, (_, seed) => bestOf(of(seed), space, accuracy)).toSorted((a, b) => a - b)[4]!;
    const [learnt, drawn] = [-median(build), -median((seed) => random({ seed }))];
    assert.ok(learnt < drawn / 2, `regret ${learnt}, random search ${drawn}`);
  });
}

test('cmaEs: a whole number is not given up where the best turns out to lie elsewhere', () => {
  const space = searchSpaceOf([whole('depth'), real('x')]);
  const log: SweepEvent[] = [];
  const tried = extend(log, build(2), space, ({ depth }) => -miss(depth, 0), 120);
  const later = extend(log, build(2), space, ({ depth }) => 1000 - miss(depth, 6), 240);
  assert.ok(tried.slice(-20).filter(({ depth }) => Number(depth) <= 1).length > 15, 'it had come to rest');
  assert.ok(
    later.slice(-20).filter(({ depth }) => Math.abs(Number(depth) - 6) <= 1).length > 10,
    `${later.slice(-20).map(({ depth }) => depth)}`,
  );
});

test('cmaEs: what has come to rest stays there, whole numbers too', () => {
  const space = searchSpaceOf([real('x'), real('y'), real('z'), { name: 'k', searchSpace: { int: { min: 0, max: 8 } } }]);
  const tried = extend([], build(1), space, ({ x, y, z, k }) => -miss(x, 0.3) - miss(y, 0.8) - miss(z, 0) - miss(k, 4), 1100).slice(-100);
  assert.ok(tried.filter(({ k }) => k === 4).length > 80, `${tried.map(({ k }) => k)}`);
  assert.ok(tried.every(({ x, y, z }) => miss(x, 0.3) + miss(y, 0.8) + miss(z, 0) < 1e-4));
});

/** Asks and tells so many times; returns what was tried. */
function extend(log: SweepEvent[], ask: Sampler, space: SearchSpace, accuracy: (assignment: Assignment) => number, trials: number) {
  return Array.from({ length: trials }, () => {
    const trial = log.length / 2;
    const { assignment } = ask(space, log)!;
    log.push(suggested(trial, assignment), reported(trial, accuracy(assignment)));
    return assignment;
  });
}

const bestOf = (ask: Sampler, space: SearchSpace, accuracy: (assignment: Assignment) => number): number =>
  Math.max(...extend([], ask, space, accuracy, 100).map(accuracy));
