/**
 * Rows of numbers that never fall, from numbers that are free of each other.
 * @param shares - each from 0 to 1, bottom to top: how near a number comes to the one above it
 * @returns in [0, 1], bottom to top. Even, independent shares give every rising row alike: they are the order statistics of
 *   even, independent numbers
 * @see Devroye: Non-uniform random variate generation, 1986, chapter V, section 3.1
 */
export function rising(shares: readonly number[]): readonly number[] {
  let above = 1;
  return shares
    .toReversed()
    .map((share, fromTop) => {
      above *= share ** (1 / (shares.length - fromTop));
      return above;
    })
    .toReversed();
}

/** The shares of a row that is the same everywhere. */
export function evenShares(position: number, count: number): readonly number[] {
  return [...Array<number>(count - 1).fill(1), position ** count];
}
