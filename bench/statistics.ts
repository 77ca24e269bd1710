import { seededStream } from '../study/random.ts';

/** Linear between the values on either side, as numpy has it. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** A ratio of medians, and the range in which it lies in 95 % of the samples that could have been drawn instead. */
export interface Ratio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

const resamples = 2000;

/**
 * Our median over the peer's. Both have a value for each seed, and seeds are drawn in pairs (percentile bootstrap).
 * @param floor - values below it count as it: both have solved the problem, and zero over zero says nothing
 * @see Efron: Bootstrap methods, Annals of Statistics 1979
 */
export function pairedRatio(ours: readonly number[], peer: readonly number[], floor: number): Ratio {
  if (ours.length !== peer.length) throw new RangeError(`${ours.length} values against ${peer.length}`);
  const ratioOf = (seeds: readonly number[]): number =>
    Math.max(floor, median(seeds.map((seed) => ours[seed]!))) / Math.max(floor, median(seeds.map((seed) => peer[seed]!)));
  const random = seededStream(1, 0);
  const drawn = Array.from({ length: resamples }, () => ratioOf(ours.map(() => random.int(ours.length))));
  return { ratio: ratioOf([...ours.keys()]), low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}

/** Median and quartiles. */
export function shownSpread(values: readonly number[]): string {
  const [q1, middle, q3] = [0.25, 0.5, 0.75].map((share) => Number(quantile(values, share).toPrecision(3)));
  return `${middle} (${q1}–${q3})`;
}

export const shownRatio = ({ ratio, low, high }: Ratio): string => `${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
