import { isActive } from './dimension.ts';
import type { Parameter } from './spec/parameter-schema.ts';
import type { Assignment, Value } from './trial.ts';

/** The assignment with the values of the parameters that are tied to others. A tie to what is out of use is out of use. */
export function withTied(parameters: readonly Parameter[], assignment: Assignment): Assignment {
  const ties = parameters.flatMap(({ name, searchSpace: { tied }, activeWhen = {} }) => {
    const value = tied && assignment[tied.to];
    if (value === undefined || !isActive({ activeWhen }, assignment)) return [];
    return [[name, scaled(value, tied!.factor)] as const];
  });
  return ties.length === 0 ? assignment : { ...assignment, ...Object.fromEntries(ties) };
}

const scaled = (value: Value, factor = 1): Value => (typeof value === 'number' ? value * factor : value);
