/**
 * Wilcoxon's signed-rank test: how likely rank sums as high as that of the positive differences are, were either sign as likely.
 * Zeros count half on either side (zsplit). Equal to `scipy.stats.wilcoxon(alternative='greater', zero_method='zsplit')`: exact up
 * to 50 differences, with ties or zeros among them up to 13, and the normal approximation
 * beyond. Sums, products and a square root alone, so that a workflow may replay it.
 * @param differences - at least one
 * @see Wilcoxon, Biometrics Bulletin 1(6), 1945
 */
export function signedRankP(differences: readonly number[]): number {
  const { ranks, ties } = doubledRanks(differences.map(Math.abs));
  const positive = sumOf(ranks.map((rank, index) => (differences[index]! > 0 ? rank : differences[index] === 0 ? rank / 2 : 0)));
  const isExact = differences.length <= (ties === 0 && !differences.includes(0) ? mostExact : mostExactTied);
  if (!isExact) return normalP(positive / 2, differences.length, ties);
  const zeros = sumOf(ranks.filter((_, index) => differences[index] === 0)) / 2;
  return exactP(
    positive - zeros,
    ranks.filter((_, index) => differences[index] !== 0),
  );
}

const mostExact = 50;
const mostExactTied = 13;

/** Twice the mean rank of each value, so that they are whole; `ties`: the sum of t³ - t over groups of t equal values. */
function doubledRanks(values: readonly number[]): { readonly ranks: readonly number[]; readonly ties: number } {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const ranks = values.map(() => 0);
  let ties = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1;
    for (const index of order.slice(start, end)) ranks[index] = start + end + 1;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  return { ranks, ties };
}

/** Share of all choices of signs in which the positive ranks add up to at least this. */
function exactP(positive: number, ranks: readonly number[]): number {
  const total = sumOf(ranks);
  const shares = [1, ...Array.from({ length: total }, () => 0)]; // by sum of the positive ranks
  for (const rank of ranks) {
    for (let sum = total; sum >= 0; sum -= 1) shares[sum] = (shares[sum]! + (shares[sum - rank] ?? 0)) / 2;
  }
  return Math.min(1, sumOf(shares.slice(positive)));
}

function normalP(positive: number, n: number, ties: number): number {
  const mean = (n * (n + 1)) / 4;
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1) - ties / 2) / 24);
  return normalTail((positive - mean) / deviation);
}

/** Share of standard normal draws above z. Absolute error about 1e-15. */
function normalTail(z: number): number {
  if (Math.abs(z) > 9) return z > 0 ? 0 : 1;
  let term = Math.abs(z);
  let sum = 0;
  for (let odd = 1; sum + term !== sum; odd += 2) {
    sum += term;
    term *= (z * z) / (odd + 2);
  }
  const half = (sum * expMinus((z * z) / 2)) / Math.sqrt(2 * Math.PI);
  return 0.5 - Math.sign(z) * half;
}

/** e^-x for x from 0 to about 50, as the 1024th power of a short series: `Math.exp` may differ in its last bit between builds of V8. */
function expMinus(x: number): number {
  const small = x / 1024;
  let power = 1 - small * (1 - (small / 2) * (1 - (small / 3) * (1 - (small / 4) * (1 - (small / 5) * (1 - small / 6)))));
  for (let doubling = 0; doubling < 10; doubling += 1) power *= power;
  return power;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
