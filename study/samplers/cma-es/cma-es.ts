import { steadyCholesky } from '../../cholesky.ts';
import { brokenConstraint } from '../../constraint.ts';
import { isActive } from '../../dimension.ts';
import { standardNormal } from '../../normal.ts';
import { drawIndex, type RandomStream, seededStream } from '../../random.ts';
import type { Assignment, Objective, Value } from '../../trial.ts';
import { outcomesOf } from '../outcomes.ts';
import type { Sampler } from '../sampler.ts';
import { searchedTrials } from '../searched.ts';
import { learntShares } from './choice-shares.ts';
import { type Coded, coded } from './coordinates.ts';
import { type Distribution, firstDistribution, learnt, pointFrom } from './distribution.ts';
import { generationsOf } from './generations.ts';
import { withMargin } from './margin.ts';
import { type Strategy, strategyFor } from './strategy.ts';
import { unitIn } from './unit-in.ts';

export interface CmaEsSettings {
  readonly seed: number;
  /** What is learnt from. */
  readonly objective: Objective;
}

/** Streams of the seed from here on belong to generations, those below to trials. */
const foldStreams = 2 ** 41;
/** Draws after which one that keeps the space's constraints is no longer hoped for. */
const draws = 100;

/**
 * Covariance matrix adaptation: a normal distribution over the numbers of the space that moves, turns and shrinks towards
 * the better half of each generation. It is worked out anew from the log each time: generations are folded in the order in
 * which their trials were suggested, whoever suggested them. Choices without order have shares that follow the better
 * half. With the margin nothing in steps and no choice ever dies out.
 * @see Hansen: The CMA evolution strategy: a tutorial, 2016, arXiv:1604.00772
 * @see Hamano, Saito, Nomura, Shirakawa: CMA-ES with margin, GECCO 2022, arXiv:2205.13482
 */
export function cmaEs({ seed, objective }: CmaEsSettings): Sampler {
  return (space, log) => {
    const random = seededStream(seed, searchedTrials(log).length);
    const dimensions = space.map(coded);
    const strategy = strategyFor(Math.max(1, dimensions.filter(isCoordinate).length), space.length);
    const generations = generationsOf(outcomesOf(log, objective), strategy.lambda);
    const belief = generations.reduce(
      (before, ranked) => afterGeneration(before, ranked, dimensions, strategy, seed),
      firstBelief(dimensions),
    );
    let assignment = drawnFrom(belief, dimensions, random);
    for (let draw = 1; draw < draws && brokenConstraint(space, assignment) !== undefined; draw += 1) {
      assignment = drawnFrom(belief, dimensions, random);
    }
    return { assignment };
  };
}

/** Where the search believes good trials to be. */
interface Belief {
  readonly distribution: Distribution;
  /** Of each dimension of the space; empty where it has no choice. */
  readonly shares: readonly (readonly number[])[];
}

function firstBelief(dimensions: readonly Coded[]): Belief {
  return {
    distribution: firstDistribution(dimensions.filter(isCoordinate).length),
    shares: dimensions.map(({ shares = [] }) => shares),
  };
}

function afterGeneration(
  before: Belief,
  ranked: readonly Assignment[],
  dimensions: readonly Coded[],
  strategy: Strategy,
  seed: number,
): Belief {
  const margin = 1 / (dimensions.length * strategy.lambda); // of a generation about one value is beside the beaten track
  const coordinates = dimensions.filter(isCoordinate);
  const random = seededStream(seed, foldStreams + before.distribution.generation);
  const points = ranked.map((assignment) =>
    Float64Array.from(coordinates, ({ dimension, placeOf }, i) => {
      const value = assignment[dimension.name];
      const place = value === undefined ? undefined : placeOf(value);
      return place === undefined ? Number.NaN : unitIn(place, before.distribution, i, random); // NaN: it says nothing
    }),
  );
  const stepOf = (coordinate: number, unit: number) => {
    const { placeOf, valueAt } = coordinates[coordinate]!;
    return placeOf(valueAt(within(unit), 1)) ?? { low: unit, high: unit };
  };
  return {
    distribution: withMargin(learnt(before.distribution, points, strategy), stepOf, margin),
    shares: before.shares.map((shares, place) => {
      const { dimension, choiceOf } = dimensions[place]!;
      const chosen = ranked.map(({ [dimension.name]: value }) => (value === undefined ? undefined : choiceOf(value)));
      return learntShares(shares, chosen, strategy.weights, margin);
    }),
  };
}

function drawnFrom({ distribution, shares }: Belief, dimensions: readonly Coded[], random: RandomStream): Assignment {
  const n = distribution.mean.length;
  const factor = steadyCholesky(distribution.covariance, n);
  const point = pointFrom(
    distribution,
    factor,
    Float64Array.from({ length: n }, () => standardNormal(random)),
  );
  const assignment: Record<string, Value> = {};
  let coordinate = 0;
  for (const [place, { dimension, placeOf, valueAt }] of dimensions.entries()) {
    const unit = placeOf === undefined ? 0 : within(point[coordinate++]!);
    const choice = shares[place]!.length === 0 ? 0 : drawIndex(random, shares[place]!);
    if (isActive(dimension, assignment)) assignment[dimension.name] = valueAt(unit, choice);
  }
  return assignment;
}

type Coordinate = Coded & Required<Pick<Coded, 'placeOf'>>;
const isCoordinate = (dimension: Coded): dimension is Coordinate => dimension.placeOf !== undefined;

const within = (unit: number): number => Math.min(1 - 2 ** -53, Math.max(0, unit));
