import type { Constraint, SearchSpace } from './dimension.ts';
import type { DeclaredConstraint } from './spec/constraint-schema.ts';
import type { Assignment, Value } from './trial.ts';

/** The first relation of the space that the assignment breaks. */
export function brokenConstraint(space: SearchSpace, assignment: Assignment): Constraint | undefined {
  return space.flatMap(({ constraints = [] }) => constraints).find((constraint) => !isKept(constraint, assignment));
}

/** A relation as the sweep declares it, for the space. Exactly one of its kinds is there. */
export function constraintOf({ ordered, linear, forbidden }: DeclaredConstraint): Constraint {
  if (ordered !== undefined) return { kind: 'ordered', names: ordered };
  return linear === undefined ? { kind: 'forbidden', values: forbidden! } : { kind: 'linear', ...linear };
}

/** For people: `a <= b`, `a + 2 b <= 12`, `not method=dps with batchSize=64`. */
export function constraintText(constraint: Constraint): string {
  switch (constraint.kind) {
    case 'ordered':
      return constraint.names.join(' <= ');
    case 'linear': {
      const { terms, min, max } = constraint;
      const sum = Object.entries(terms)
        .map(([name, factor]) => (factor === 1 ? name : `${factor} ${name}`))
        .join(' + ');
      return `${min === undefined ? '' : `${min} <= `}${sum}${max === undefined ? '' : ` <= ${max}`}`;
    }
    case 'forbidden':
      return `not ${Object.entries(constraint.values)
        .map(([name, value]) => `${name}=${value}`)
        .join(' with ')}`;
  }
}

/** So that 0.1 + 0.2 is at most 0.3. */
const rounding = 1e-9;

export function isKept(constraint: Constraint, assignment: Assignment): boolean {
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
export function namesIn(constraint: Constraint): readonly string[] {
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
