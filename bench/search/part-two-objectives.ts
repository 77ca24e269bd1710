/** NSGA-II against Optuna's, by how much of the volume below the best front is still missing after equal evaluations. */
import { hypervolume } from '../../study/hypervolume.ts';
import { twoObjectiveFunctions } from '../functions.ts';
import { atMost } from '../gates.ts';
import { pairedRatio, shownRatio, shownSpread } from '../statistics.ts';
import type { Job, Results } from './contest.ts';
import { type Part, type Scale, seedsUpTo } from './part.ts';
import type { SyntheticResult } from './run-synthetic.ts';

const evaluations = 1000;
/** A little beyond the worst of the best front in the first objective, and what random points reach in the second. */
const reference = [1.1, 6];

export const twoObjectivesPart: Part = {
  slots: 2,
  jobs: (scale) =>
    twoObjectiveFunctions.flatMap(({ name }) => seedsUpTo(scale.seeds).flatMap((seed) => [peerJob(name, seed), ourJob(name, seed)])),
  report: (scale, results) => {
    const told = twoObjectiveFunctions.map(({ name }) => {
      const ours = missing(name, scale, (seed) => results(ourJob(name, seed)));
      const peer = missing(name, scale, (seed) => results(peerJob(name, seed)));
      return { name, ours, peer, ratio: pairedRatio(ours, peer, 1e-3) };
    });
    return {
      title: `Two objectives, ${evaluations} evaluations: hypervolume still missing to the best front, median (quartiles); ratio of medians (95 % interval)`,
      headings: ['FUNCTION', 'OURS', 'OPTUNA NSGA-II', 'RATIO'],
      rows: told.map(({ name, ours, peer, ratio }) => [name, shownSpread(ours), shownSpread(peer), shownRatio(ratio)]),
      gates: told.map(({ name, ratio }) => atMost(`${name}, nsga2: missing hypervolume, ratio to the peer, low end`, ratio.low, 1)),
    };
  },
};

function ourJob(name: string, seed: number): Job {
  return { side: 'ours', module: 'synthetic', function: name, searchAlgorithm: { name: 'nsga2', randomShare: 0 }, evaluations, seed };
}

function peerJob(name: string, seed: number): Job {
  const { box } = twoObjectiveFunctions.find((candidate) => candidate.name === name)!;
  return { side: 'peer', module: 'synthetic', function: name, method: 'nsga2', box, evaluations, seed };
}

function missing(name: string, { seeds }: Scale, resultOf: (seed: number) => ReturnType<Results>): readonly number[] {
  const most = hypervolume(bestFront(name), reference);
  return seedsUpTo(seeds).map((seed) => most - hypervolume((resultOf(seed) as SyntheticResult<readonly number[]>).values, reference));
}

/** Where all coordinates but the first are 0. */
function bestFront(name: string): readonly (readonly number[])[] {
  const { box, objectives } = twoObjectiveFunctions.find((candidate) => candidate.name === name)!;
  const points = 10_000;
  return Array.from({ length: points + 1 }, (_, index) =>
    objectives(box.map((_range, coordinate) => (coordinate === 0 ? index / points : 0))),
  );
}
