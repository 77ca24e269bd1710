import { frontsOf, type Losses } from '../../dominance.ts';
import { hypervolume } from '../../hypervolume.ts';
import { compareLosses } from '../../order.ts';
import type { Scalarisation } from './one-loss.ts';

/** How many places of a front are given by hypervolume; nobody asks for more good trials than that. */
const most = 25;

/**
 * The place of each trial as its loss: front by front, and in a front first what adds most to the hypervolume of those
 * before it. However many of the best a tree-structured Parzen estimator then takes as good, they are the set that its
 * variant for several objectives takes: whole fronts, and of the front that does not fit the greedy subset of largest
 * hypervolume.
 * @see Ozaki, Tanigaki, Watanabe, Nomura, Onishi: Multiobjective tree-structured Parzen estimator, JAIR 73, 2022
 */
export const splitByParetoRank: Scalarisation = (points) => {
  const fronts = frontsOf(points);
  const order = [...Map.groupBy(points.keys(), (index) => fronts[index]!)]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, members]) => byContribution(members, points));
  const places = points.map(() => 0);
  for (const [place, index] of order.entries()) places[index] = place;
  return places;
};

/** Beyond the worst of the front by a tenth, so that its ends count; as in Optuna. */
function referenceOf(points: readonly Losses[]): Losses {
  return (points[0] ?? []).map((_, objective) => {
    const worst = Math.max(...points.map((losses) => losses[objective]!));
    return Math.max(1.1 * worst, 0.9 * worst) || 1e-12; // 0 has nothing beyond it
  });
}

/**
 * Greedily: next is what adds most. What a point adds only falls while others are taken, so an old figure is an upper
 * bound, and most are never computed again (Minoux, 1978).
 */
function byContribution(members: readonly number[], points: readonly Losses[]): readonly number[] {
  const reference = referenceOf(members.map((index) => points[index]!));
  const taken: number[] = [];
  const volumeWith = (...added: readonly number[]) =>
    hypervolume(
      [...taken, ...added].map((index) => points[index]!),
      reference,
    );
  const waiting = members.map((index) => ({ index, gain: volumeWith(index) }));
  let volume = 0;
  while (taken.length < most && waiting.length > 0) {
    waiting.sort((a, b) => compareLosses(b.gain, a.gain) || a.index - b.index);
    const first = waiting[0]!;
    first.gain = volumeWith(first.index) - volume;
    if (waiting.length > 1 && first.gain < waiting[1]!.gain) continue;
    taken.push(first.index);
    volume += first.gain;
    waiting.shift();
  }
  return [...taken, ...waiting.map(({ index }) => index)];
}
