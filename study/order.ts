/** Lower is better, and NaN is worse than any number. For sorting: negative when `a` comes first. */
export function compareLosses(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return Math.sign(a - b) || Number(a > b) - Number(a < b); // infinities of one sign: their difference is NaN
}
