import { type Dimension, type Domain, isActive, type SearchSpace } from './dimension.ts';
import { fromLogUnit, fromUnit, holds } from './domain.ts';
import { layerwiseDimensions, type ModelShape } from './layerwise.ts';
import type { RandomStream } from './random.ts';
import type { Parameter } from './spec/parameter-schema.ts';
import type { Assignment, Value } from './trial.ts';

/**
 * The dimensions of a checked sweep's `spec.parameters`.
 * @param model - needed for a layerwise parameter of scheme perLayer, which has a dimension for each layer
 */
export function searchSpaceOf(parameters: readonly Parameter[], model?: ModelShape): SearchSpace {
  return parentsFirst(parameters.flatMap((parameter) => dimensionsOf(parameter, model)));
}

/** A draw from the space, each dimension on its own; those out of use are absent. */
export function samplePrior(space: SearchSpace, random: RandomStream): Assignment {
  const assignment: Record<string, Value> = {};
  for (const dimension of space) {
    if (isActive(dimension, assignment)) assignment[dimension.name] = draw(dimension.domain, random);
  }
  return assignment;
}

/** True when exactly the dimensions in use have values, and each value can be had. */
export function contains(space: SearchSpace, assignment: Assignment): boolean {
  const active = space.filter((dimension) => isActive(dimension, assignment));
  return (
    active.length === Object.keys(assignment).length &&
    active.every(({ name, domain }) => Object.hasOwn(assignment, name) && holds(domain, assignment[name]!))
  );
}

function dimensionsOf({ name, searchSpace, activeWhen = {} }: Parameter, model?: ModelShape): readonly Dimension[] {
  if (searchSpace.layerwise !== undefined) return layerwiseDimensions(name, searchSpace.layerwise, model);
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
