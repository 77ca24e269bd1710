import type { Domain } from '../../dimension.ts';
import type { RandomStream } from '../../random.ts';
import type { Value } from '../../trial.ts';
import { type Point, parzen } from './parzen.ts';

/** What one rung tells of a point: how much likelier it is among the good trials than among the others. */
export interface RungModel {
  /** A draw from the good trials. */
  draw(random: RandomStream): readonly Value[];
  /** Log ratio of the densities. */
  score(point: Point): number;
  /** The score that a ranked point would have if it had not been tried. */
  scoreWithout(index: number): number;
}

/**
 * @param ranked - points that reported at the rung, best first
 * @param bad - points that count as worse than these
 */
export function rungModel(domains: readonly Domain[], ranked: readonly Point[], bad: readonly Point[]): RungModel {
  const top = topOf(ranked.length);
  const rest = [...ranked.slice(top), ...bad];
  const good = parzen(domains, ranked.slice(0, top), { leastWidth: sharpness * evenWidth(top), weights: fallingWeights(top) });
  const others = parzen(domains, rest, { leastWidth: evenWidth(rest.length), weights: rest.map(() => 1) });
  return {
    draw: good.draw,
    score: (point) => good.logDensity(point) - others.logDensity(point),
    scoreWithout(index) {
      const point = ranked[index]!;
      return index < top
        ? good.logDensity(point, index) - others.logDensity(point)
        : good.logDensity(point) - others.logDensity(point, index - top);
    },
  };
}

/** The best 10 % are the good ones; at most 25, for more would blur what is good. */
const topOf = (trials: number): number => Math.min(25, Math.ceil(trials / 10));

/** From nearly twice the mean for the best down to a sliver for the last: how good a trial is tells more than that it is good. */
const fallingWeights = (count: number): readonly number[] => Array.from({ length: count }, (_, rank) => (2 * (count - rank)) / (count + 1));

/** Bells that would cover the range evenly, two beyond its ends included; of many, a hundredth of the range. */
const evenWidth = (points: number): number => 1 / Math.min(100, points + 2);

/** Bells of good trials may be half as wide: they are to home in, while those of the others are to leave no gaps. */
const sharpness = 0.5;
