import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepEvent } from '../log.ts';
import { contains, searchSpaceOf } from '../space.ts';
import { aSweep } from '../testing/builders.ts';
import { reported, suggested } from '../testing/logs.ts';
import type { Assignment } from '../trial.ts';
import { cmaEs } from './cma-es/cma-es.ts';
import { gp } from './gp/gp.ts';
import { grid } from './grid.ts';
import { nsga2 } from './nsga2/nsga2.ts';
import { withPanel } from './panel.ts';
import { random } from './random.ts';
import type { Sampler } from './sampler.ts';
import { samplerOf } from './sampler-of.ts';
import { oneLoss, withOneLoss } from './several-objectives/one-loss.ts';
import { splitByParetoRank } from './several-objectives/pareto-rank.ts';
import { sobol } from './sobol.ts';
import { tpe } from './tpe/tpe.ts';

const objective = { metric: 'eval/accuracy', direction: 'maximize' } as const;
const cases: readonly { readonly searchAlgorithm: object; readonly want: Sampler }[] = [
  { searchAlgorithm: { name: 'random', seed: 3 }, want: random({ seed: 3 }) },
  { searchAlgorithm: { name: 'grid', steps: 4 }, want: grid({ steps: 4 }) },
  { searchAlgorithm: { name: 'sobol', seed: 3 }, want: sobol({ seed: 3 }) },
  {
    searchAlgorithm: { name: 'tpe', seed: 3 },
    want: withPanel(tpe({ seed: 3, startupTrials: 10, objective }), { seed: 3, startupTrials: 10, randomShare: 0.2 }),
  },
  {
    searchAlgorithm: { name: 'cmaEs', seed: 3, randomShare: 0.5 },
    want: withPanel(cmaEs({ seed: 3, objective }), { seed: 3, startupTrials: 10, randomShare: 0.5 }),
  },
  {
    searchAlgorithm: { name: 'tpe', startupTrials: 5, randomShare: 0 },
    want: tpe({ seed: 0, startupTrials: 5, objective }),
  },
  {
    searchAlgorithm: { name: 'gp', seed: 3 },
    want: withPanel(gp({ seed: 3, startupTrials: 10, objective }), { seed: 3, startupTrials: 0, randomShare: 0.2 }),
  },
  { searchAlgorithm: { name: 'nsga2', randomShare: 0, startupTrials: 1 }, want: nsga2({ seed: 0, objectives: [objective] }) },
];
for (const { searchAlgorithm, want } of cases) {
  test(`samplerOf ${JSON.stringify(searchAlgorithm)}: as the sweep says, also when it was written down and read again`, () => {
    const { spec } = JSON.parse(JSON.stringify(aSweep({ searchAlgorithm }))) as ReturnType<typeof aSweep>;
    const space = searchSpaceOf(spec.parameters, { layers: 6 });
    const [asked, wanted] = [samplerOf(spec.searchAlgorithm, spec), want].map((sampler) => threeAfter(sampler, space));
    assert.deepEqual(asked, wanted);
    assert.ok(asked!.every((assignment) => contains(space, assignment)));
  });
}

test('samplerOf: with several objectives tpe learns from all of them, or from the one that it is told', () => {
  const objectives = [objective, { metric: 'cost/seconds', direction: 'minimize' }] as const;
  const built = (searchAlgorithm: object) => {
    const { spec } = aSweep({ searchAlgorithm: { name: 'tpe', randomShare: 0, ...searchAlgorithm }, objectives });
    return threeAfter(samplerOf(spec.searchAlgorithm, spec), searchSpaceOf(spec.parameters, { layers: 6 }));
  };
  const space = searchSpaceOf(aSweep().spec.parameters, { layers: 6 });
  const byRank = withOneLoss(tpe({ seed: 0, startupTrials: 10, objective: oneLoss }), objectives, splitByParetoRank);
  assert.deepEqual(built({}), threeAfter(byRank, space));
  assert.deepEqual(built({ objective }), threeAfter(tpe({ seed: 0, startupTrials: 10, objective }), space));
});

/** The next three suggestions after twenty trials that found a small frozen prefix to be right. */
function threeAfter(sampler: Sampler, space: Parameters<Sampler>[0]): readonly Assignment[] {
  const log: SweepEvent[] = [];
  for (let trial = 0; trial < 20; trial += 1) {
    const assignment = random({ seed: 9 })(space, log)!.assignment;
    const { metrics, ...report } = reported(trial, 1 - Number(assignment['layers.frozenPrefix']) / 10);
    log.push(suggested(trial, assignment), { ...report, metrics: { ...metrics, 'cost/seconds': trial } });
  }
  return [20, 21, 22].map((trial) => {
    const { assignment } = sampler(space, log)!;
    log.push(suggested(trial, assignment));
    return assignment;
  });
}

test('samplerOf: drawn blindly are all of random and sobol, none of a grid, and of the others their panel', () => {
  const log = Array.from({ length: 11 }, (_, trial) => suggested(trial, {}));
  const of = (searchAlgorithm: object, count: number) => {
    const { spec } = aSweep({ searchAlgorithm });
    return samplerOf(spec.searchAlgorithm, spec)(searchSpaceOf(spec.parameters, { layers: 6 }), log.slice(0, count))?.panel ?? false;
  };
  assert.deepEqual(
    ['random', 'sobol', 'grid', 'tpe', 'cmaEs', 'gp'].map((name) => [of({ name }, 0), of({ name }, 11)]),
    [
      [true, true],
      [true, true],
      [false, false],
      [true, false],
      [true, false],
      [false, false],
    ],
  );
});
