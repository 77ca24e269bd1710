import type { Constraint, SearchSpace } from './dimension.ts';
import type { Assignment, Value } from './trial.ts';

/** The first relation of the space that the assignment breaks. */
export function brokenConstraint(space: SearchSpace, assignment: Assignment): Constraint | undefined {
  return space.flatMap(({ constraints = [] }) => constraints).find((constraint) => !isKept(constraint, assignment));
}

/** So that 0.1 + 0.2 is at most 0.3. */
const rounding = 1e-9;

function isKept(constraint: Constraint, assignment: Assignment): boolean {
  const names = namesIn(constraint);
  if (names.some((name) => assignment[name] === undefined)) return true;
  const values = names.map((name) => Number(assignment[name]));
  switch (constraint.kind) {
    case 'ordered':
      return values.every((value, index) => index === 0 || values[index - 1]! <= value);
    case 'linear': {
      const { terms, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = constraint;
      const sum = Object.values(terms).reduce((total, factor, index) => total + factor * values[index]!, 0);
      return min - rounding <= sum && sum <= max + rounding;
    }
    case 'forbidden':
      return Object.entries(constraint.values).some(([name, value]) => assignment[name] !== value);
  }
}

/** The names that it relates. */
function namesIn(constraint: Constraint): readonly string[] {
  switch (constraint.kind) {
    case 'ordered':
      return constraint.names;
    case 'linear':
      return Object.keys(constraint.terms);
    case 'forbidden':
      return Object.keys(constraint.values);
  }
}

/** The same relation under other names. */
export function renamed(constraint: Constraint, name: (old: string) => string): Constraint {
  switch (constraint.kind) {
    case 'ordered':
      return { ...constraint, names: constraint.names.map(name) };
    case 'linear':
      return { ...constraint, terms: withNames(constraint.terms, name) };
    case 'forbidden':
      return { ...constraint, values: withNames(constraint.values, name) };
  }
}

function withNames<T extends Value>(values: Readonly<Record<string, T>>, name: (old: string) => string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(values).map(([old, value]) => [name(old), value]));
}
