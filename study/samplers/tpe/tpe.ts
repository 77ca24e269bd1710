import { type Dimension, isActive, type SearchSpace } from '../../dimension.ts';
import { type RandomStream, seededStream } from '../../random.ts';
import { samplePrior } from '../../space.ts';
import type { Assignment, Objective, Value } from '../../trial.ts';
import type { Sampler } from '../sampler.ts';
import { searchedTrials } from '../searched.ts';
import { type Observations, observationsOf } from './observations.ts';
import { parzen } from './parzen.ts';

export interface TpeSettings {
  readonly seed: number;
  /** Losses that a rung must have before it is modelled; until then trials are random. */
  readonly startupTrials: number;
  /** What is modelled. */
  readonly objective: Objective;
}

/** Draws among which the most promising is taken. */
const draws = 24;

/**
 * Tree-structured Parzen estimator over whole configurations: of some draws from the density of good trials, the one that
 * is least likely under the density of the others. Dimensions that are in use together are estimated together; those that
 * a condition puts in use are ranked among the trials that had them. Trials that still run are in neither density: their
 * loss is not known, and none is made up for them; what keeps parallel trials apart is that each has draws of its own.
 * @see Bergstra, Bardenet, Bengio, Kégl: Algorithms for hyper-parameter optimization, NeurIPS 2011, section 4
 */
export function tpe({ seed, startupTrials, objective }: TpeSettings): Sampler {
  return (space, log) => {
    const random = seededStream(seed, searchedTrials(log).length);
    const observed = observationsOf(log, objective, enoughFor(space, startupTrials));
    if (observed.ranked.length < startupTrials) return samplePrior(space, random);
    const assignment: Record<string, Value> = {};
    for (const group of groupsOf(space)) {
      if (isActive(group[0]!, assignment)) Object.assign(assignment, promising(group, observed, random));
    }
    return assignment;
  };
}

/** Above the lowest rung as many as BOHB asks for: a model of few survivors would be worse than one of many that are measured early. */
const enoughFor = (space: SearchSpace, startupTrials: number) => ({
  lowest: startupTrials,
  above: Math.max(startupTrials, space.length + 3),
});

/** Dimensions with the same condition, in an order in which each group stands behind those that its condition names. */
function groupsOf(space: SearchSpace): readonly (readonly Dimension[])[] {
  const conditionOf = ({ activeWhen }: Dimension) => JSON.stringify(Object.entries(activeWhen).sort(([a], [b]) => (a < b ? -1 : 1)));
  return [...Map.groupBy(space, conditionOf).values()];
}

function promising(group: readonly Dimension[], { ranked, hopeless }: Observations, random: RandomStream): Assignment {
  const domains = group.map(({ domain }) => domain);
  const points = ranked.flatMap((assignment) => valuesOf(group, assignment));
  const top = topOf(points.length);
  const good = parzen(domains, points.slice(0, top));
  const others = parzen(domains, [...points.slice(top), ...hopeless.flatMap((assignment) => valuesOf(group, assignment))]);

  const candidates = Array.from({ length: draws }, () => good.draw(random));
  const gains = candidates.map((candidate) => good.logDensity(candidate) - others.logDensity(candidate));
  const best = candidates[gains.indexOf(Math.max(...gains))]!;
  return Object.fromEntries(group.map(({ name }, index) => [name, best[index]!]));
}

/** The best 15 %, as in BOHB; at most 25, for more would blur what is good. */
const topOf = (trials: number): number => Math.min(25, Math.ceil((trials * 15) / 100));

/** Nothing for a trial that had other parameters in use, or a baseline that the space cannot express. */
function valuesOf(group: readonly Dimension[], assignment: Assignment): readonly (readonly Value[])[] {
  const values = group.map(({ name }) => assignment[name]);
  return values.every((value) => value !== undefined) ? [values] : [];
}
