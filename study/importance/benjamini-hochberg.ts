/**
 * p-values adjusted for how many were looked at: of the findings with an adjusted p of at most q, a share of q is expected
 * to be chance.
 * @see Benjamini, Hochberg, Journal of the Royal Statistical Society B 57, 1995
 */
export function adjustedForMany(ps: readonly number[]): readonly number[] {
  const order = ps.map((_, index) => index).sort((a, b) => ps[b]! - ps[a]!); // from the largest down
  const adjusted = [...ps];
  let least = 1;
  for (const [place, index] of order.entries()) {
    least = Math.min(least, (ps[index]! * ps.length) / (ps.length - place));
    adjusted[index] = least;
  }
  return adjusted;
}
