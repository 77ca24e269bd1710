import { brokenConstraint } from '../../constraint.ts';
import { type Dimension, isActive, type SearchSpace } from '../../dimension.ts';
import { holds } from '../../domain.ts';
import { type RandomStream, seededStream } from '../../random.ts';
import { samplePrior } from '../../space.ts';
import type { Assignment, Objective, Value } from '../../trial.ts';
import type { Sampler } from '../sampler.ts';
import { searchedTrials } from '../searched.ts';
import { populationOf } from './population.ts';
import { crossed, mutated } from './variation.ts';

export interface Nsga2Settings {
  readonly seed: number;
  /** One or more. */
  readonly objectives: readonly Objective[];
}

/** Configurations that may have children; until so many were measured trials are random. Sweeps have hundreds of trials, not Deb's tens of thousands. */
const populationSize = 25;
/** How often a child that was tried before, or that breaks a constraint, is drawn again. */
const redraws = 10;

/**
 * The genetic algorithm NSGA-II: children of configurations that few others beat in everything. Parents win a tournament
 * of two, by front and by how alone they are in it; nine in ten children mix two of them, and one dimension in each is
 * changed on average. There are no generations to wait for: every suggestion chooses anew among all that was measured,
 * which keeps parallel trials busy and needs fewer of them (Durillo, Nebro, Luna, Alba, EMO 2009).
 * @see Deb, Pratap, Agarwal, Meyarivan: A fast and elitist multiobjective genetic algorithm: NSGA-II, IEEE TEC 6(2), 2002
 */
export function nsga2({ seed, objectives }: Nsga2Settings): Sampler {
  return (space, log) => {
    const trials = searchedTrials(log);
    const random = seededStream(seed, trials.length);
    const population = populationOf(log, objectives, populationSize);
    if (population.length === 0) return { assignment: samplePrior(space, random) };
    const tried = new Set(trials.map(({ assignment }) => keyOf(space, assignment)));
    const draw = () => child(space, parent(population, random), parent(population, random), random);
    const isAllowed = (drawn: Assignment) => brokenConstraint(space, drawn) === undefined;
    const drawn = Array.from({ length: redraws }, draw);
    const untried = drawn.find((each) => isAllowed(each) && !tried.has(keyOf(space, each)));
    return { assignment: untried ?? drawn.find(isAllowed) ?? samplePrior(space, random) };
  };
}

/** The better of two; the population is sorted. */
const parent = (population: readonly Assignment[], random: RandomStream): Assignment =>
  population[Math.min(random.int(population.length), random.int(population.length))]!;

function child(space: SearchSpace, one: Assignment, other: Assignment, random: RandomStream): Assignment {
  const assignment: Record<string, Value> = {};
  const isMixed = random.uniform() < 0.9;
  for (const dimension of space) {
    if (!isActive(dimension, assignment)) continue;
    const value = inherited(dimension, one, isMixed ? other : one, random);
    assignment[dimension.name] = random.uniform() < 1 / space.length ? mutated(dimension, value, random) : value;
  }
  return assignment;
}

/** Where neither parent has a value that the space knows, because the dimension was not in use, it is drawn. */
function inherited(dimension: Dimension, one: Assignment, other: Assignment, random: RandomStream): Value {
  const { name, domain } = dimension;
  const values = [one[name], other[name]].filter((value) => value !== undefined && holds(domain, value)) as readonly Value[];
  if (values.length === 2) return crossed(dimension, values[0]!, values[1]!, random);
  return values[0] ?? samplePrior([{ name, domain, activeWhen: {} }], random)[name]!;
}

const keyOf = (space: SearchSpace, assignment: Assignment): string => JSON.stringify(space.map(({ name }) => assignment[name]));
