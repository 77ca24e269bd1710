import type { Dimension, Domain, SearchSpace } from '../dimension.ts';
import { fromUnit, holds, placeIn } from '../domain.ts';
import type { DeclaredConstraint } from '../spec/constraint-schema.ts';
import type { Value } from '../trial.ts';
import type { EarlierTrial } from './earlier-trials.ts';

/** A part of the space in which every trial failed, and that chance hardly explains. */
export interface FailedRegion {
  /** Keeps trials out of it; `because` is not said yet. */
  readonly constraint: Pick<DeclaredConstraint, 'linear' | 'forbidden'>;
  /** `headLearningRate >= 0.006`, by the mildest trial that failed. */
  readonly where: string;
  /** Trials in it, all of which failed. */
  readonly failed: number;
  /** How likely one region or more like this would be if failures had nothing to do with the configuration. */
  readonly chance: number;
}

/** With more, it may well be chance. */
const mostChance = 0.05;

/**
 * Ends of ranges and single choices with failures alone. Of each range the end beyond the outermost trial that worked is
 * looked at; the border is drawn half way between that one and the first that failed. Failures that need two settings at
 * once leave no mark here. Likelihood: the n trials with a value keep their outcomes, and which of them is whose is drawn
 * (Fisher's exact test); times the number of ends and choices that were looked at (Bonferroni).
 * @returns likeliest first
 */
export function failedRegions(space: SearchSpace, trials: readonly EarlierTrial[]): readonly FailedRegion[] {
  const looks = space.map((dimension) => candidates(dimension, trials));
  const looked = looks.reduce((sum, { looked: count }) => sum + count, 0);
  return looks
    .flatMap(({ found }) => found)
    .map((region) => ({ ...region, chance: Math.min(1, region.chance * looked) }))
    .filter(({ chance }) => chance < mostChance)
    .sort((a, b) => a.chance - b.chance);
}

/** A value that was tried, and whether the trial failed. */
interface Tried {
  readonly value: Value;
  readonly failed: boolean;
}

/** Regions of one dimension, not yet told from chance, and how many were looked at. */
interface Look {
  readonly looked: number;
  readonly found: readonly FailedRegion[];
}

function candidates(dimension: Dimension, trials: readonly EarlierTrial[]): Look {
  const { name, domain } = dimension;
  const tried = trials.flatMap(({ assignment, outcome }): readonly Tried[] =>
    Object.hasOwn(assignment, name) && holds(domain, assignment[name]!)
      ? [{ value: assignment[name]!, failed: outcome.kind === 'failed' }]
      : [],
  );
  const choices = unorderedChoices(domain);
  const looked = choices?.length ?? 2;
  if (new Set(tried.map(({ failed }) => failed)).size < 2) return { looked, found: [] };
  const found =
    choices === undefined
      ? (['lower', 'upper'] as const).flatMap((end) => failedEnd(dimension, tried, end))
      : choices.flatMap((choice) => failedChoice(name, choice, tried));
  return { looked, found };
}

/** Its values, unless they are numbers that lie on a line. */
function unorderedChoices(domain: Domain): readonly Value[] | undefined {
  if (!('choices' in domain)) return undefined;
  return domain.kind === 'ordinal' && domain.choices.every((choice) => typeof choice === 'number') ? undefined : domain.choices;
}

function failedChoice(name: string, choice: Value, tried: readonly Tried[]): readonly FailedRegion[] {
  const there = tried.filter(({ value }) => value === choice);
  if (there.length === 0 || there.some(({ failed }) => !failed)) return [];
  return [
    {
      constraint: { forbidden: { [name]: choice } },
      where: `${name}=${choice}`,
      failed: there.length,
      chance: chanceOf(there.length, tried),
    },
  ];
}

function failedEnd({ name, domain }: Dimension, tried: readonly Tried[], end: 'upper' | 'lower'): readonly FailedRegion[] {
  const sign = end === 'upper' ? 1 : -1;
  const outermost = sign * Math.max(...tried.filter(({ failed }) => !failed).map(({ value }) => sign * Number(value)));
  const beyond = tried.map(({ value }) => Number(value)).filter((value) => sign * (value - outermost) > 0);
  if (beyond.length === 0) return [];
  const mildest = sign * Math.min(...beyond.map((value) => sign * value));
  const border = half(domain, outermost, mildest);
  return [
    {
      constraint: { linear: { terms: { [name]: 1 }, ...(end === 'upper' ? { max: border } : { min: border }) } },
      where: `${name} ${end === 'upper' ? '>=' : '<='} ${Number(mildest.toPrecision(3))}`,
      failed: beyond.length,
      chance: chanceOf(beyond.length, tried),
    },
  ];
}

/** Half way on the scale of the draws; where values go in steps it may be the one that worked itself. */
function half(domain: Domain, worked: number, failed: number): number {
  const middleOf = (value: number): number => {
    const { low, high } = placeIn(domain, value);
    return (low + high) / 2;
  };
  const border = Number(fromUnit(domain, (middleOf(worked) + middleOf(failed)) / 2));
  return (border - worked) * (border - failed) < 0 ? border : worked;
}

/** That as many trials, drawn without putting back, are all among the failed ones. */
function chanceOf(count: number, tried: readonly Tried[]): number {
  const failed = tried.filter((trial) => trial.failed).length;
  return Array.from({ length: count }, (_, index) => (failed - index) / (tried.length - index)).reduce(
    (product, factor) => product * factor,
    1,
  );
}
