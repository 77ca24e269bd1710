/** The constants of the strategy: functions of the dimension alone, none of them for users. */
export interface Strategy {
  /** Trials of a generation. */
  readonly lambda: number;
  /** By rank, best first: those of the better half are positive and sum to 1, the others are negative. */
  readonly weights: readonly number[];
  /** How many trials' worth of information the better half holds. */
  readonly effective: number;
  readonly pathDecay: number;
  readonly stepDecay: number;
  readonly stepDamping: number;
  readonly rankOne: number;
  readonly rankMany: number;
}

/**
 * @param n - coordinates of the distribution; at least 1
 * @param dimensions - of the space, those without order included: what the size of a generation follows
 * @see Hansen: The CMA evolution strategy: a tutorial, 2016, arXiv:1604.00772, table 1
 */
export function strategyFor(n: number, dimensions: number): Strategy {
  const lambda = 4 + Math.floor(3 * Math.log(dimensions));
  const raw = Array.from({ length: lambda }, (_, rank) => Math.log((lambda + 1) / 2) - Math.log(rank + 1));
  const better = raw.filter((weight) => weight > 0);
  const worse = raw.filter((weight) => weight < 0);
  const effective = informationOf(better);
  const rankOne = 2 / ((n + 1.3) ** 2 + effective);
  const rankMany = Math.min(1 - rankOne, (2 * (0.25 + effective + 1 / effective - 2)) / ((n + 2) ** 2 + effective));
  const negative = Math.min(
    1 + rankOne / rankMany,
    1 + (2 * informationOf(worse)) / (effective + 2),
    (1 - rankOne - rankMany) / (n * rankMany),
  );
  const stepDecay = (effective + 2) / (n + effective + 5);
  return {
    lambda,
    weights: raw.map((weight) => (weight > 0 ? weight / sum(better) : (-weight * negative) / sum(worse))),
    effective,
    pathDecay: (4 + effective / n) / (n + 4 + (2 * effective) / n),
    stepDecay,
    stepDamping: 1 + 2 * Math.max(0, Math.sqrt((effective - 1) / (n + 1)) - 1) + stepDecay,
    rankOne,
    rankMany,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const informationOf = (weights: readonly number[]): number => sum(weights) ** 2 / sum(weights.map((weight) => weight ** 2));
