import type { Place } from '../../domain.ts';
import { normalCdf, normalQuantile } from '../../normal.ts';
import type { RandomStream } from '../../random.ts';
import { type Distribution, deviationOf } from './distribution.ts';

/**
 * Where a trial lay on a coordinate. Of a value in steps only its step is known: within it the distribution is drawn from,
 * as if the trial had come from it. The middle of the step would not do: then a step that has won looks like no spread
 * at all, and one beside it like an outlier.
 */
export function unitIn({ low, high }: Place, distribution: Distribution, coordinate: number, random: RandomStream): number {
  if (low === high) return low;
  const mean = distribution.mean[coordinate]!;
  const deviation = deviationOf(distribution, coordinate);
  const from = low <= 0 ? 0 : normalCdf((low - mean) / deviation); // the first and the last step go on beyond the ends
  const to = high >= 1 ? 1 : normalCdf((high - mean) / deviation);
  const share = from + random.uniform() * (to - from);
  if (share <= 0) return high; // so far out that it has no probability: as near as can be
  if (share >= 1) return low;
  const unit = mean + deviation * normalQuantile(share);
  return Math.min(high >= 1 ? unit : high, Math.max(low <= 0 ? unit : low, unit));
}
