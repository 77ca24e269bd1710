import { type Domain, isActive, type SearchSpace } from '../dimension.ts';
import { clipped } from '../space.ts';
import type { Assignment, Value } from '../trial.ts';
import type { Sampler } from './sampler.ts';
import { type SearchedTrial, searchedTrials } from './searched.ts';

export interface GridSettings {
  /** Points on each continuous range, both ends included; at least 2. Whole numbers and choices have a point each. */
  readonly steps: number;
}

/** A point whose trial failed is tried once more; after that the failure is taken to be the point's. */
const triesPerPoint = 2;

/**
 * Every combination once, the last parameter moving fastest. Coverage is read from the log: a point is done when one of
 * its trials runs or has ended well, whoever suggested it, or when it has failed twice. A point that fails after the last
 * one was handed out is not tried again, for by then the search may have been told that the grid is exhausted.
 */
export function grid({ steps }: GridSettings): Sampler {
  return (space, log) => {
    const open = triesLeft(searchedTrials(log));
    return gridPoints(space, steps).find((point) => open(point));
  };
}

/** Number of the grid's points, counted up to a limit. */
export function gridSize(space: SearchSpace, { steps }: GridSettings, limit: number): number {
  return gridPoints(space, steps).take(limit).toArray().length;
}

function triesLeft(trials: readonly SearchedTrial[]): (point: Assignment) => boolean {
  const failures = new Map<string, number>(); // infinite when a trial of the point has not failed
  for (const { assignment, hasFailed } of trials) {
    const key = keyOf(assignment);
    failures.set(key, (failures.get(key) ?? 0) + (hasFailed ? 1 : Number.POSITIVE_INFINITY));
  }
  return (point) => (failures.get(keyOf(point)) ?? 0) < triesPerPoint;
}

/** Lazy: the grid of a wide space has more points than could ever be listed. Parameters out of use do not repeat a point. */
function* gridPoints(space: SearchSpace, steps: number, chosen: Assignment = {}): Generator<Assignment> {
  const [dimension, ...rest] = space;
  if (dimension === undefined) {
    yield chosen;
  } else if (!isActive(dimension, chosen)) {
    yield* gridPoints(rest, steps, chosen);
  } else {
    for (const value of pointsOf(dimension.domain, steps)) yield* gridPoints(rest, steps, { ...chosen, [dimension.name]: value });
  }
}

function pointsOf(domain: Domain, steps: number): Iterable<Value> {
  switch (domain.kind) {
    case 'categorical':
      return domain.choices;
    case 'int':
      return wholeNumbers(domain.min, domain.max);
    case 'uniform':
      return spread(steps, (share) => clipped(domain.min + share * (domain.max - domain.min), domain));
    case 'logUniform':
      return logSpread(steps, domain);
    case 'frozenOrRate':
      return [0, ...logSpread(steps, domain)];
  }
}

function* wholeNumbers(min: number, max: number): Generator<number> {
  for (let value = min; value <= max; value += 1) yield value;
}

/** A range of one value has one point. */
const spread = (steps: number, at: (share: number) => number): readonly number[] => [
  ...new Set(Array.from({ length: steps }, (_, index) => at(index / (steps - 1)))),
];

const logSpread = (steps: number, range: { readonly min: number; readonly max: number }): readonly number[] =>
  spread(steps, (share) => clipped(range.min * (range.max / range.min) ** share, range));

const keyOf = (assignment: Assignment): string => JSON.stringify(Object.entries(assignment).sort(([a], [b]) => (a < b ? -1 : 1)));
