import { brokenConstraint, constraintOf, constraintText, namesIn } from './constraint.ts';
import { type Constraint, type Dimension, type Domain, isActive, type SearchSpace } from './dimension.ts';
import { fromLogUnit, fromUnit, holds } from './domain.ts';
import { layerwiseDimensions, schemeOf } from './layerwise/schemes.ts';
import type { ModelShape } from './layerwise.ts';
import type { RandomStream } from './random.ts';
import type { DeclaredConstraint } from './spec/constraint-schema.ts';
import type { Parameter } from './spec/parameter-schema.ts';
import type { Assignment, Value } from './trial.ts';

/**
 * The dimensions of a checked sweep's `spec.parameters`. Those that are tied to others have none.
 * @param model - needed for a layerwise parameter
 * @param constraints - `spec.constraints`
 * @throws {RangeError} if a constraint names what is no dimension
 */
export function searchSpaceOf(
  parameters: readonly Parameter[],
  model?: ModelShape,
  constraints: readonly DeclaredConstraint[] = [],
): SearchSpace {
  const space = parentsFirst(parameters.flatMap((parameter) => dimensionsOf(parameter, model)));
  return constraints.map(constraintOf).reduce(withConstraint, space);
}

/** Each relation stands with the last of its dimensions, where all their values are known. */
function withConstraint(space: SearchSpace, constraint: Constraint): SearchSpace {
  const places = namesIn(constraint).map((name) => space.findIndex((dimension) => dimension.name === name));
  if (places.includes(-1)) throw new RangeError(`constraint ${constraintText(constraint)}: not all of its names are searched parameters`);
  const last = Math.max(...places);
  return space.map((dimension, place) =>
    place === last ? { ...dimension, constraints: [...(dimension.constraints ?? []), constraint] } : dimension,
  );
}

/** Draws in which a constraint may be broken before it is taken for impossible. A checked sweep keeps its own in one of a hundred. */
const mostDraws = 10_000;

/**
 * A draw from the space, each dimension on its own, repeated until it keeps the constraints; those out of use are absent.
 * @throws {RangeError} if the constraints leave next to nothing
 */
export function samplePrior(space: SearchSpace, random: RandomStream): Assignment {
  for (let draws = 0; draws < mostDraws; draws += 1) {
    const assignment = sampleFreely(space, random);
    if (brokenConstraint(space, assignment) === undefined) return assignment;
  }
  throw new RangeError(`none of ${mostDraws} random draws keeps the constraints`);
}

/** A draw that does not look at constraints. */
export function sampleFreely(space: SearchSpace, random: RandomStream): Assignment {
  const assignment: Record<string, Value> = {};
  for (const dimension of space) {
    if (isActive(dimension, assignment)) assignment[dimension.name] = draw(dimension.domain, random);
  }
  return assignment;
}

/** True when exactly the dimensions in use have values, each value can be had, and they keep the constraints. */
export function contains(space: SearchSpace, assignment: Assignment): boolean {
  const active = space.filter((dimension) => isActive(dimension, assignment));
  return (
    active.length === Object.keys(assignment).length &&
    active.every(({ name, domain }) => Object.hasOwn(assignment, name) && holds(domain, assignment[name]!)) &&
    brokenConstraint(space, assignment) === undefined
  );
}

function dimensionsOf({ name, searchSpace, activeWhen = {} }: Parameter, model?: ModelShape): readonly Dimension[] {
  if (searchSpace.layerwise !== undefined) {
    if (model === undefined) throw new RangeError(`parameter ${name}: the number of the model's layers must be known`);
    return layerwiseDimensions(name, schemeOf(searchSpace.layerwise, model));
  }
  if (searchSpace.tied !== undefined) return [];
  const domain = domainOf(searchSpace);
  if (domain === undefined) throw new RangeError(`parameter ${name} has no search space`);
  return [{ name, activeWhen, domain }];
}

function domainOf(space: Parameter['searchSpace']): Domain | undefined {
  const { uniform, logUniform, int, normal, logNormal, categorical, ordinal, fixed } = space;
  if (uniform !== undefined) return { kind: 'uniform', ...uniform };
  if (logUniform !== undefined) return { kind: 'logUniform', ...logUniform };
  if (int !== undefined) return { kind: 'int', ...int };
  if (normal !== undefined) return { kind: 'normal', ...normal };
  if (logNormal !== undefined) return { kind: 'logNormal', ...logNormal };
  if (categorical !== undefined) return { kind: 'categorical', ...categorical };
  if (ordinal !== undefined) return { kind: 'ordinal', ...ordinal };
  return fixed && { kind: 'categorical', choices: [fixed.value] };
}

/** The order of the sweep, except that a dimension waits for those that its condition names. */
function parentsFirst(dimensions: readonly Dimension[]): SearchSpace {
  const placed: Dimension[] = [];
  const waiting = [...dimensions];
  while (waiting.length > 0) {
    const names = new Set(placed.map(({ name }) => name));
    const ready = waiting.findIndex(({ activeWhen }) => Object.keys(activeWhen).every((parent) => names.has(parent)));
    if (ready === -1) throw new RangeError(`the conditions of ${waiting.map(({ name }) => name).join(', ')} wait for each other`);
    placed.push(...waiting.splice(ready, 1));
  }
  return placed;
}

/** Frozen or not is drawn apart from the rate. */
function draw(domain: Domain, random: RandomStream): Value {
  if (domain.kind !== 'frozenOrRate') return fromUnit(domain, random.uniform());
  return random.uniform() < domain.frozenProbability ? 0 : fromLogUnit(domain, random.uniform());
}
