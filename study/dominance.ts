/** Which of several configurations are better, when better means more than one thing. */
import { compareLosses } from './order.ts';

/** What one trial lost, an objective each: lower is better, and a trial with a NaN is worse than any without. */
export type Losses = readonly number[];

/** True when `a` is nowhere worse than `b` and somewhere better. Neither has a NaN. */
export function dominates(a: Losses, b: Losses): boolean {
  return a.every((loss, objective) => loss <= b[objective]!) && a.some((loss, objective) => loss < b[objective]!);
}

/**
 * Fronts: 1 for what nothing dominates, 2 for what only those dominate, and so on; trials with a NaN share the last one.
 * Sorted by their first loss and then the others, points can be dominated only by those before them, and a point that a
 * front dominates is dominated by all fronts before it too.
 * @returns one front per point, in the order of the points
 * @see Zhang, Tian, Cheng, Jin: An efficient approach to nondominated sorting, IEEE TEC 19(2), 2015 (binary search)
 */
export function frontsOf(points: readonly Losses[]): readonly number[] {
  const sound = points.flatMap((losses, index) => (losses.some(Number.isNaN) ? [] : [{ losses, index }]));
  const members: Losses[][] = [];
  const found = new Map<number, number>();
  for (const { losses, index } of sound.toSorted((a, b) => lexicographic(a.losses, b.losses))) {
    let low = 0;
    let high = members.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (members[middle]!.findLast((other) => dominates(other, losses)) !== undefined) low = middle + 1;
      else high = middle;
    }
    if (low === members.length) members.push([]);
    members[low]!.push(losses);
    found.set(index, low + 1);
  }
  return points.map((_, index) => found.get(index) ?? members.length + 1);
}

/**
 * How alone each point of a front is: the sum over the objectives of the distance between its neighbours, in units of the
 * front's width; infinite at both ends.
 * @see Deb, Pratap, Agarwal, Meyarivan: A fast and elitist multiobjective genetic algorithm: NSGA-II, IEEE TEC 6(2), 2002
 */
export function crowdingDistances(front: readonly Losses[]): readonly number[] {
  const distances = front.map(() => 0);
  for (const objective of front[0]?.keys() ?? []) {
    const sorted = front.map((losses, index) => ({ loss: losses[objective]!, index })).toSorted((a, b) => compareLosses(a.loss, b.loss));
    const width = sorted.at(-1)!.loss - sorted[0]!.loss;
    for (const [place, { index }] of sorted.entries()) {
      const gap = place === 0 || place === sorted.length - 1 ? Infinity : (sorted[place + 1]!.loss - sorted[place - 1]!.loss) / width;
      distances[index]! += Number.isNaN(gap) ? 0 : gap; // 0 / 0: all are the same
    }
  }
  return distances;
}

/**
 * Places of the points, best first: by front, in a front the lonelier first, of equally lonely ones those with the lower
 * first loss, then those that came first. So the best by the first objective always comes first of all.
 */
export function paretoOrder(points: readonly Losses[]): readonly number[] {
  const fronts = frontsOf(points);
  const alone = points.map(() => 0);
  for (const members of Map.groupBy(points.keys(), (index) => fronts[index]!).values()) {
    const distances = crowdingDistances(members.map((index) => points[index]!));
    for (const [place, index] of members.entries()) alone[index] = distances[place]!;
  }
  return [...points.keys()].sort(
    (a, b) => fronts[a]! - fronts[b]! || compareLosses(alone[b]!, alone[a]!) || compareLosses(points[a]![0]!, points[b]![0]!) || a - b,
  );
}

function lexicographic(a: Losses, b: Losses): number {
  return a.map((loss, objective) => compareLosses(loss, b[objective]!)).find((order) => order !== 0) ?? 0;
}
