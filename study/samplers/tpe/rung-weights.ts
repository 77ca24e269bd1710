import type { RandomStream } from '../../random.ts';

/** Resamples by which models are compared. */
const resamples = 64;

/**
 * How much each model is to be trusted: the share of resamples of the trials in which it puts fewer pairs in the wrong
 * order than the other models do; the ties are shared. So a model of many early reports and one of few late ones are
 * weighed by what they know of the late ones.
 * @param scores - of each model, a score for each trial: the higher, the better it should be
 * @param losses - what the trials came to
 * @returns a weight for each model; they sum to 1
 * @see Li et al.: Hyper-Tune, VLDB 2022, arXiv:2201.06834, section 4.3
 */
export function rungWeights(scores: readonly (readonly number[])[], losses: readonly number[], random: RandomStream): readonly number[] {
  const wrong = scores.map((score) => misranked(score, losses));
  const weights = scores.map(() => 0);
  for (let resample = 0; resample < resamples; resample += 1) {
    const drawn = losses.map(() => random.int(losses.length));
    const counts = wrong.map((pairs) => countOf(pairs, drawn));
    const least = Math.min(...counts);
    const winners = counts.filter((count) => count === least).length;
    for (const [model, count] of counts.entries()) if (count === least) weights[model]! += 1 / winners / resamples;
  }
  return weights;
}

/** For each two trials 1 where the scores have their order wrong, 1/2 where they leave it open, else 0. */
function misranked(scores: readonly number[], losses: readonly number[]): readonly Float64Array[] {
  return losses.map((loss, i) =>
    Float64Array.from(losses, (other, j) => {
      if (loss === other) return 0;
      return scores[i] === scores[j] ? 0.5 : Number(loss < other !== scores[i]! > scores[j]!);
    }),
  );
}

function countOf(pairs: readonly Float64Array[], drawn: readonly number[]): number {
  let count = 0;
  for (const i of drawn) for (const j of drawn) count += pairs[i]![j]!;
  return count;
}
