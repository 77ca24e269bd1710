/** Losses as the model takes them. */
export interface Standardized {
  /** Mean 0 and deviation 1, in the order given. */
  readonly losses: Float64Array;
  /** One unit of these among good losses, in the losses' own. */
  readonly unit: number;
}

/** Below this, losses are equal: their squares must not vanish. */
const least = 1e-50;

/**
 * Losses on a scale that outliers cannot stretch: above the median they count by their logarithm, for among bad trials it
 * hardly matters how bad. The scale is that of the better half.
 * @param losses - finite, at least one
 */
export function standardized(losses: readonly number[]): Standardized {
  const ranked = losses.toSorted((a, b) => a - b);
  const at = (share: number): number => ranked[Math.floor(share * ranked.length)]!;
  const [good, middle, bad] = [at(0.15), at(0.5), at(0.85)];
  const spread = Math.max(middle - good, (bad - good) / 4, least);
  const bent = losses.map((loss) => (loss > middle ? Math.log1p((loss - middle) / spread) : (loss - middle) / spread));
  const mean = bent.reduce((sum, loss) => sum + loss, 0) / bent.length;
  const deviation = Math.max(least, Math.sqrt(bent.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / bent.length));
  return { losses: Float64Array.from(bent, (loss) => (loss - mean) / deviation), unit: spread * deviation };
}
