import type { Place } from '../domain.ts';
import { type RandomStream, shuffled } from '../random.ts';

/** Where each trial lies along each feature, in units: all draws are equally likely to fall anywhere in [0, 1]. */
export type Points = readonly (readonly Place[])[];

/** A box of the unit cube in which the tree says the same. */
export interface Leaf {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly value: number;
}

interface Split {
  readonly feature: number;
  readonly threshold: number;
}

/**
 * A regression tree grown until each leaf holds equal values, on trials drawn with replacement: a member of a random
 * forest. Which feature comes first where several split equally well is drawn too.
 * @see Breiman, Random forests, Machine Learning 45, 2001
 */
export function leavesOfTree(points: Points, values: readonly number[], random: RandomStream): readonly Leaf[] {
  const everyFeature = points[0]!.map((_, feature) => feature);
  const weights = drawnWeights(points.length, random);
  const drawn = weights.flatMap((weight, trial) => (weight > 0 ? [trial] : []));
  const center = points.map((point) => point.map(({ low, high }) => (low + high) / 2));
  const leaves: Leaf[] = [];
  const open = [
    {
      low: everyFeature.map(() => 0),
      high: everyFeature.map(() => 1),
      orders: everyFeature.map((feature) => drawn.toSorted((a, b) => center[a]![feature]! - center[b]![feature]!)),
    },
  ];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { low, high, orders } = node;
    const split = bestSplit(orders);
    if (split === undefined) {
      leaves.push({ low, high, value: meanOf(orders[0]!) });
      continue;
    }
    const { feature, threshold } = split;
    const isLeft = (trial: number): boolean => center[trial]![feature]! <= threshold;
    open.push(
      { low, high: high.with(feature, threshold), orders: orders.map((order) => order.filter(isLeft)) },
      { low: low.with(feature, threshold), high, orders: orders.map((order) => order.filter((trial) => !isLeft(trial))) },
    );
  }
  return leaves;

  function meanOf(trials: readonly number[]): number {
    const weight = trials.reduce((sum, trial) => sum + weights[trial]!, 0);
    return trials.reduce((sum, trial) => sum + weights[trial]! * values[trial]!, 0) / weight;
  }

  /** The split after which the squares about the means of both sides are least; undefined when there is nothing to split. */
  function bestSplit(orders: readonly (readonly number[])[]): Split | undefined {
    const [some] = orders;
    if (some!.every((trial) => values[trial] === values[some![0]!])) return undefined;
    const mean = meanOf(some!); // sums about it keep their digits
    let best: Split | undefined;
    let bestGain = -1;
    for (const feature of shuffled(everyFeature, random)) {
      const order = orders[feature]!;
      let left = 0;
      let leftWeight = 0;
      const whole = order.reduce((sum, trial) => sum + weights[trial]!, 0);
      for (let index = 0; index + 1 < order.length; index += 1) {
        const [trial, next] = [order[index]!, order[index + 1]!];
        left += weights[trial]! * (values[trial]! - mean);
        leftWeight += weights[trial]!;
        if (center[trial]![feature] === center[next]![feature]) continue;
        const gain = left ** 2 / leftWeight + left ** 2 / (whole - leftWeight); // the other side sums to -left
        if (gain <= bestGain * (1 + 1e-12)) continue;
        bestGain = gain;
        best = { feature, threshold: (points[trial]![feature]!.high + points[next]![feature]!.low) / 2 };
      }
    }
    return best;
  }
}

/** How often each of n is drawn in n draws. */
function drawnWeights(n: number, random: RandomStream): readonly number[] {
  const weights = Array<number>(n).fill(0);
  for (let draw = 0; draw < n; draw += 1) weights[random.int(n)]! += 1;
  return weights;
}
