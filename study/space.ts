import { type Dimension, type Domain, isActive, type SearchSpace } from './dimension.ts';
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
  const { uniform, logUniform, int, categorical, layerwise } = searchSpace;
  if (layerwise !== undefined) return layerwiseDimensions(name, layerwise, model);
  if (categorical !== undefined) return [{ name, activeWhen, domain: { kind: 'categorical', ...categorical } }];
  if (int !== undefined) return [{ name, activeWhen, domain: { kind: 'int', ...int } }];
  if (logUniform !== undefined) return [{ name, activeWhen, domain: { kind: 'logUniform', ...logUniform } }];
  if (uniform !== undefined) return [{ name, activeWhen, domain: { kind: 'uniform', ...uniform } }];
  throw new RangeError(`parameter ${name} has no search space`);
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

function draw(domain: Domain, random: RandomStream): Value {
  switch (domain.kind) {
    case 'uniform':
      return clipped(domain.min + random.uniform() * (domain.max - domain.min), domain);
    case 'logUniform':
      return logUniform(domain, random);
    case 'int':
      return domain.min + random.int(domain.max - domain.min + 1);
    case 'categorical':
      return domain.choices[random.int(domain.choices.length)]!;
    case 'frozenOrRate':
      return random.uniform() < domain.frozenProbability ? 0 : logUniform(domain, random);
  }
}

function holds(domain: Domain, value: Value): boolean {
  switch (domain.kind) {
    case 'categorical':
      return domain.choices.includes(value);
    case 'int':
      return Number.isInteger(value) && isWithin(value, domain);
    case 'frozenOrRate':
      return value === 0 || isWithin(value, domain);
    default:
      return isWithin(value, domain);
  }
}

interface Range {
  readonly min: number;
  readonly max: number;
}

const logUniform = ({ min, max }: Range, random: RandomStream): number => clipped(min * (max / min) ** random.uniform(), { min, max });
const isWithin = (value: Value, { min, max }: Range): boolean => typeof value === 'number' && value >= min && value <= max;

/** The value itself inside the range, else the nearer end. Rounding can carry a draw past an end by one bit. */
export const clipped = (value: number, { min, max }: Range): number => Math.min(max, Math.max(min, value));
