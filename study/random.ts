/** A seeded stream of numbers. Calling it moves it on: the one thing in `study/` that changes. */
export interface RandomStream {
  /** Uniform in [0, 1), a multiple of 2^-53. */
  uniform(): number;
  /** Uniform in 0 … n - 1; n up to 2^32, where no value is favoured by more than one part in two million. */
  int(n: number): number;
}

/** The values in an order drawn at random, each order as likely as any other. */
export function shuffled<T>(values: readonly T[], random: RandomStream): readonly T[] {
  const order = [...values];
  for (let index = order.length - 1; index > 0; index -= 1) {
    const other = random.int(index + 1);
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  return order;
}

type State = readonly [number, number, number, number];

/**
 * One of the streams of a seed. Streams of one seed are independent of each other, so each trial has its own and the
 * order in which trials are asked for cannot change a draw.
 * @param seed - integer, 0 or more
 * @param stream - integer, 0 or more: the trial's number
 */
export function seededStream(seed: number, stream: number): RandomStream {
  const [start] = splitmix64(BigInt(seed), 1);
  const [a, b] = splitmix64(start! + BigInt(stream), 2);
  const next = xoshiro128starstar([low(a!), high(a!), low(b!), high(b!)]);
  const uniform = () => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992; // 27 and 26 bits of 53
  return { uniform, int: (n) => Math.floor(uniform() * n) };
}

/**
 * An index, drawn as often as its weight says.
 * @param weights - at least 0 each, and some above
 */
export function drawIndex(random: RandomStream, weights: readonly number[]): number {
  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  const index = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return index === -1 ? weights.findLastIndex((weight) => weight > 0) : index; // rounding may leave a little
}

/**
 * 32-bit words from four words of state, which must not all be 0.
 * @see Blackman, Vigna: Scrambled linear pseudorandom number generators, ACM TOMS 2021, arXiv:1805.01407
 */
export function xoshiro128starstar([first, second, third, fourth]: State): () => number {
  let [a, b, c, d] = [first, second, third, fourth];
  return () => {
    const word = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotated(d, 11);
    return word;
  };
}

/**
 * 64-bit words that differ in about half their bits even for neighbouring seeds: what its authors seed xoshiro with.
 * @see Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014
 */
export function splitmix64(seed: bigint, count: number): readonly bigint[] {
  return Array.from({ length: count }, (_, index) => {
    let z = BigInt.asUintN(64, seed + BigInt(index + 1) * 0x9e3779b97f4a7c15n);
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  });
}

const rotated = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
const low = (word: bigint): number => Number(BigInt.asIntN(32, word));
const high = (word: bigint): number => Number(BigInt.asIntN(32, word >> 32n));
