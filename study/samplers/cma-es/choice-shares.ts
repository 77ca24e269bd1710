/** How fast shares follow the better half: a quarter of the way in a generation. */
const pace = 0.25;

/**
 * Shares of choices after a generation: nearer to what its better half chose, and none below its least.
 * @param shares - of each choice; sum to 1
 * @param chosen - by rank, best first; undefined where a trial had no choice, which then says what the shares say
 * @param weights - by rank; only positive ones count, and these sum to 1
 * @param margin - least share of all other choices together
 * @see Hamano, Saito, Nomura, Uchida, Shirakawa: CatCMA, GECCO 2024, arXiv:2405.09962, for shares beside a normal distribution
 */
export function learntShares(
  shares: readonly number[],
  chosen: readonly (number | undefined)[],
  weights: readonly number[],
  margin: number,
): readonly number[] {
  const followed = shares.map((share, choice) => {
    const better = chosen.reduce<number>(
      (sum, index, rank) => sum + Math.max(0, weights[rank]!) * (index === undefined ? share : Number(index === choice)),
      0,
    );
    return (1 - pace) * share + pace * better;
  });
  const least = margin / Math.max(1, shares.length - 1);
  const raised = followed.map((share, choice) => (shares[choice] === 0 ? 0 : Math.max(least, share)));
  const total = raised.reduce((sum, share) => sum + share, 0);
  return raised.map((share) => share / total);
}
