import { brokenConstraint } from '../../constraint.ts';
import { type Dimension, isActive, type SearchSpace } from '../../dimension.ts';
import { placeIn } from '../../domain.ts';
import { hasEffect } from '../../layerwise.ts';
import { drawIndex, type RandomStream, seededStream } from '../../random.ts';
import { samplePrior } from '../../space.ts';
import type { Assignment, Objective, Value } from '../../trial.ts';
import { type Observations, type Observed, observationsOf } from '../observations.ts';
import type { Sampler } from '../sampler.ts';
import { searchedTrials } from '../searched.ts';
import type { Point } from './parzen.ts';
import { type RungModel, rungModel } from './rung-model.ts';
import { rungWeights } from './rung-weights.ts';

export interface TpeSettings {
  readonly seed: number;
  /** Losses that a rung must have before it is modelled; until the lowest has them trials are random. */
  readonly startupTrials: number;
  /** What is modelled. */
  readonly objective: Objective;
}

/** Draws among which the most promising is taken. */
const draws = 48;
/** Trials of the highest rung by which models of rungs are weighed: more cost time and tell little. */
const judges = 40;

/**
 * Tree-structured Parzen estimator over whole configurations: of some draws from the density of good trials, the one that
 * is least likely under the density of the others. Dimensions that are in use together are estimated together; those that
 * a condition puts in use are ranked among the trials that had them. Each rung has a model of its own, and models are
 * weighed by how well they order the trials of the highest rung. Failures count as bad, and so do trials that have not
 * reported yet: what runs already is not to be tried a second time.
 * @see Bergstra, Bardenet, Bengio, Kégl: Algorithms for hyper-parameter optimization, NeurIPS 2011, section 4
 */
export function tpe({ seed, startupTrials, objective }: TpeSettings): Sampler {
  return (space, log) => {
    const random = seededStream(seed, searchedTrials(log).length);
    const observed = observationsOf(log, objective);
    const rungs = observed.rungs.filter(({ length }) => length >= startupTrials);
    if (rungs.length === 0) return { assignment: samplePrior(space, random) };
    const assignment: Record<string, Value> = {};
    for (const group of groupsOf(space)) {
      if (isActive(group[0]!, assignment)) Object.assign(assignment, promising(group, assignment, { ...observed, rungs }, random));
    }
    return { assignment };
  };
}

/** Dimensions with the same condition, in an order in which each group stands behind those that its condition names. */
function groupsOf(space: SearchSpace): readonly (readonly Dimension[])[] {
  const conditionOf = ({ activeWhen }: Dimension) => JSON.stringify(Object.entries(activeWhen).sort(([a], [b]) => (a < b ? -1 : 1)));
  return [...Map.groupBy(space, conditionOf).values()];
}

/** @param chosen - values of the groups before */
function promising(group: readonly Dimension[], chosen: Assignment, observed: Observations, random: RandomStream): Assignment {
  const domains = group.map(({ domain }) => domain);
  const bad = pointsOf(group, [...observed.hopeless, ...observed.pending]);
  const rungs = observed.rungs.map((ranked) => ranked.filter(({ assignment }) => isComplete(group, assignment)));
  const models = rungs.map((ranked) =>
    rungModel(
      domains,
      ranked.map(({ assignment }) => pointOf(group, assignment)),
      bad,
    ),
  );
  const weights = models.length === 1 ? [1] : weigh(models, rungs, random);

  const drawn = Array.from({ length: draws }, () => valuesOf(group, models[drawIndex(random, weights)]!.draw(random)));
  const keeping = drawn.filter((candidate) => brokenConstraint(group, { ...chosen, ...candidate }) === undefined);
  const candidates = keeping.length > 0 ? keeping : drawn;
  const scores = candidates.map((candidate) => {
    const point = pointOf(group, { ...chosen, ...candidate });
    return weights.reduce((sum, weight, rung) => (weight === 0 ? sum : sum + weight * models[rung]!.score(point)), 0);
  });
  return candidates[scores.indexOf(Math.max(...scores))]!;
}

/** By how each rung's model, which does not see the trial in question, orders the trials of the highest rung. */
function weigh(models: readonly RungModel[], rungs: readonly (readonly Observed[])[], random: RandomStream): readonly number[] {
  const top = rungs.at(-1)!;
  const every = Math.ceil(top.length / judges);
  const judging = top.filter((_, rank) => rank % every === 0);
  const scores = models.map((model, rung) => {
    const indexOf = new Map(rungs[rung]!.map(({ trial }, index) => [trial, index]));
    return judging.map(({ trial }) => model.scoreWithout(indexOf.get(trial)!)); // ! is safe: no trial leaves out a rung
  });
  return rungWeights(
    scores,
    judging.map(({ loss }) => loss),
    random,
  );
}

const valuesOf = (group: readonly Dimension[], values: readonly Value[]): Assignment =>
  Object.fromEntries(group.map(({ name }, index) => [name, values[index]!]));

const pointsOf = (group: readonly Dimension[], assignments: readonly Assignment[]): readonly Point[] =>
  assignments.filter((assignment) => isComplete(group, assignment)).map((assignment) => pointOf(group, assignment));

/** False for a trial that had other parameters in use, or a baseline that the space cannot express. */
const isComplete = (group: readonly Dimension[], assignment: Assignment): boolean =>
  group.every(({ name }) => assignment[name] !== undefined);

const pointOf = (group: readonly Dimension[], assignment: Assignment): Point =>
  group.map((dimension) => (hasEffect(dimension, assignment) ? placeIn(dimension.domain, assignment[dimension.name]!) : undefined));
