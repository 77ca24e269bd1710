import { compareLosses } from '../order.ts';

/** Between two values it is interpolated linearly; `percent` of 50 is the median. At least one value. */
export function percentileOf(values: readonly number[], percent: number): number {
  const sorted = values.toSorted(compareLosses);
  const place = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place)); // in this form equal neighbours give themselves, to the bit
}
