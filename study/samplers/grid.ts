import { brokenConstraint } from '../constraint.ts';
import { type Domain, isActive, type SearchSpace } from '../dimension.ts';
import { fromLogUnit, fromUnit, levelsOf } from '../domain.ts';
import type { Assignment, Value } from '../trial.ts';
import type { Sampler } from './sampler.ts';
import { type SearchedTrial, searchedTrials } from './searched.ts';

export interface GridSettings {
  /** Points on each continuous range, both ends included; at least 2. Where there are only so many values, each is a point. */
  readonly steps: number;
}

/** A point whose trial failed is tried once more; after that the failure is taken to be the point's. */
const triesPerPoint = 2;

/**
 * Every combination once, the last parameter moving fastest. Coverage is read from the log: a point is done when one of
 * its trials runs or has ended well, whoever suggested it, or when it has failed twice, or once
 * because the trainer says that it cannot be. A point that fails after the last
 * one was handed out is not tried again, for by then the search may have been told that the grid is exhausted.
 */
export function grid({ steps }: GridSettings): Sampler {
  return (space, log) => {
    const open = triesLeft(space, searchedTrials(log));
    const assignment = gridPoints(space, steps).find((point) => open(point));
    return assignment && { assignment };
  };
}

/** Number of the grid's points, counted up to a limit. */
export function gridSize(space: SearchSpace, { steps }: GridSettings, limit: number): number {
  return gridPoints(space, steps).take(limit).toArray().length;
}

function triesLeft(space: SearchSpace, trials: readonly SearchedTrial[]): (point: Assignment) => boolean {
  const keyOf = (assignment: Assignment) => JSON.stringify(space.map(({ name }) => assignment[name] ?? null));
  const failures = new Map<string, number>(); // infinite when a trial of the point has not failed, or can do nothing else
  for (const { assignment, hasFailed, isInfeasible } of trials) {
    const key = keyOf(assignment);
    failures.set(key, (failures.get(key) ?? 0) + (hasFailed && !isInfeasible ? 1 : Number.POSITIVE_INFINITY));
  }
  return (point) => (failures.get(keyOf(point)) ?? 0) < triesPerPoint;
}

/** Lazy: the grid of a wide space has more points than could ever be listed. Parameters out of use do not repeat a point; points that break a constraint are not there. */
function* gridPoints(space: SearchSpace, steps: number, chosen: Assignment = {}): Generator<Assignment> {
  const [dimension, ...rest] = space;
  if (dimension === undefined) {
    yield chosen;
  } else if (!isActive(dimension, chosen)) {
    yield* gridPoints(rest, steps, chosen);
  } else {
    for (const value of pointsOf(dimension.domain, steps)) {
      const next = { ...chosen, [dimension.name]: value };
      if (brokenConstraint([dimension], next) === undefined) yield* gridPoints(rest, steps, next);
    }
  }
}

function pointsOf(domain: Domain, steps: number): Iterable<Value> {
  switch (domain.kind) {
    case 'normal':
    case 'logNormal': // their ends are infinite, so each of `steps` equally likely parts gives its middle
      return spread(steps, (index) => fromUnit(domain, (index + 0.5) / steps));
    case 'frozenOrRate':
      return [0, ...spread(steps, (index) => fromLogUnit(domain, index / (steps - 1)))];
    default:
      return levelsOf(domain) ?? spread(steps, (index) => fromUnit(domain, index / (steps - 1)));
  }
}

/** A range of one value has one point. */
const spread = (steps: number, at: (index: number) => Value): readonly Value[] => [
  ...new Set(Array.from({ length: steps }, (_, i) => at(i))),
];
