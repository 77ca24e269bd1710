/**
 * Student's t distribution: share of draws that are at most t. For an even number of degrees of freedom it needs no more than
 * a square root, which gives the same bits everywhere: a workflow may replay it.
 * @param freedom - degrees of freedom; even, at least 2
 * @see Abramowitz, Stegun: Handbook of Mathematical Functions, 26.7.4
 */
export function studentCdf(t: number, freedom: number): number {
  const cosine2 = freedom / (freedom + t * t);
  let term = 1;
  let sum = 1;
  for (let k = 1; k < freedom / 2; k += 1) {
    term *= (cosine2 * (2 * k - 1)) / (2 * k);
    sum += term;
  }
  return 0.5 + (t / Math.sqrt(freedom + t * t) / 2) * sum;
}
