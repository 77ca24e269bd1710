import { type Domain, isActive, type SearchSpace } from '../../dimension.ts';
import { fromUnit, placeIn } from '../../domain.ts';
import { hasEffect } from '../../layerwise.ts';
import type { Assignment, Value } from '../../trial.ts';

/** A configuration as one number in [0, 1) per dimension of the space; out of use, 1/2. */
export type Units = Float64Array;

/** The largest unit there is. */
export const lastUnit = 1 - 2 ** -53;

/** Undefined for an assignment that lacks a value, as a baseline can that the space cannot express. */
export function unitsOf(space: SearchSpace, assignment: Assignment): Units | undefined {
  const units = new Float64Array(space.length).fill(0.5);
  for (const [place, dimension] of space.entries()) {
    if (!isActive(dimension, assignment)) continue;
    const value = assignment[dimension.name];
    if (value === undefined) return undefined;
    units[place] = middleOf(dimension.domain, value);
  }
  return units;
}

export function assignmentOf(space: SearchSpace, units: Units): Assignment {
  const assignment: Record<string, Value> = {};
  for (const [place, dimension] of space.entries()) {
    if (isActive(dimension, assignment)) assignment[dimension.name] = fromUnit(dimension.domain, units[place]!);
  }
  return assignment;
}

/** Middle of the units that become the value. */
function middleOf(domain: Domain, value: Value): number {
  const { low, high } = placeIn(domain, value);
  return (low + high) / 2;
}

/** The unit itself where each makes a difference, else the middle of those that become the same value. */
export const settled = (domain: Domain, unit: number): number => (isContinuous(domain) ? unit : middleOf(domain, fromUnit(domain, unit)));

/** Whether the value changes smoothly with the unit; of `frozenOrRate` the rate does. */
export function isContinuous(domain: Domain): boolean {
  switch (domain.kind) {
    case 'uniform':
    case 'logUniform':
      return domain.step === undefined && domain.min < domain.max;
    case 'frozenOrRate':
      return domain.min < domain.max;
    case 'normal':
    case 'logNormal':
      return true;
    default:
      return false;
  }
}

/** Which dimensions make a difference: in use, and of a layer that the frozen prefix leaves to learn. */
export function effectOf(space: SearchSpace): (units: Units) => readonly boolean[] {
  const always = space.map(() => true);
  const canLackEffect = space.some(({ activeWhen, layer }) => layer !== undefined || Object.keys(activeWhen).length > 0);
  return (units) => {
    if (!canLackEffect) return always;
    const assignment = assignmentOf(space, units);
    return space.map((dimension) => isActive(dimension, assignment) && hasEffect(dimension, assignment));
  };
}
