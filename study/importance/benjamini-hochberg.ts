/**
 * The findings with their p-values adjusted for how many were looked at: of those with an adjusted p of at most q, a share
 * of q is expected to be chance. What is undefined was not looked at.
 * @see Benjamini, Hochberg, Journal of the Royal Statistical Society B 57, 1995
 */
export function adjustedForMany<T extends { readonly p: number } | undefined>(findings: readonly T[]): readonly T[] {
  const looked = findings.flatMap((finding, index) => (finding === undefined ? [] : [{ index, p: finding.p }]));
  const adjusted = new Map<number, number>();
  let least = 1;
  for (const [place, { index, p }] of looked.toSorted((a, b) => b.p - a.p).entries()) {
    least = Math.min(least, (p * looked.length) / (looked.length - place));
    adjusted.set(index, least);
  }
  return findings.map((finding, index) => (finding === undefined ? finding : { ...finding, p: adjusted.get(index)! }));
}
