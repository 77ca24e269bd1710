import { constraintKinds, type DeclaredConstraint } from '../constraint-schema.ts';
import type { Parameter } from '../parameter-schema.ts';
import type { SpecParts } from '../parts.ts';
import { mustBe, type Problem } from '../problem.ts';
import { certainValueProblems } from './conditions.ts';
import { searchedName } from './names.ts';

/** `constraints`: one kind each, names of searched parameters, numbers where there is arithmetic, values that can be had. */
export function constraintProblems({ constraints = [], parameters }: SpecParts): readonly Problem[] {
  return constraints.flatMap((constraint, index) => {
    const path = `spec.constraints[${index}]`;
    const present = constraintKinds.filter((kind) => constraint[kind] !== undefined);
    if (present.length !== 1)
      return [mustBe(path, `exactly one of ${constraintKinds.join(', ')}`, present.length === 0 ? undefined : present)];
    return [...fieldProblems(path, constraint), ...nameProblems(path, constraint, parameters)];
  });
}

function fieldProblems(path: string, { ordered = [], linear, forbidden }: DeclaredConstraint): readonly Problem[] {
  const repeated = ordered.flatMap((name, index) =>
    ordered.indexOf(name) === index ? [] : [mustBe(`${path}.ordered[${index}]`, 'a name that is not there already', name)],
  );
  if (forbidden !== undefined && Object.keys(forbidden).length === 0) return [mustBe(`${path}.forbidden`, 'at least one value', forbidden)];
  if (linear === undefined) return repeated;
  const { terms, min, max } = linear;
  if (Object.keys(terms).length === 0) return [mustBe(`${path}.linear.terms`, 'at least one factor', terms)];
  if (min === undefined && max === undefined) return [mustBe(`${path}.linear.max`, 'given, or min', undefined)];
  return min !== undefined && max !== undefined && min > max ? [mustBe(`${path}.linear.max`, `>= min, which is ${min}`, max)] : [];
}

function nameProblems(path: string, constraint: DeclaredConstraint, parameters: SpecParts['parameters']): readonly Problem[] {
  const { ordered = [], linear, forbidden = {} } = constraint;
  const numbers = [
    ...ordered.map((name, index) => [`${path}.ordered[${index}]`, name] as const),
    ...Object.keys(linear?.terms ?? {}).map((name) => [`${path}.linear.terms.${name}`, name] as const),
  ];
  return [
    ...numbers.flatMap(([at, name]) => searchedName(at, name, parameters, (parameter) => numberProblems(at, parameter))),
    ...Object.entries(forbidden).flatMap(([name, value]) => {
      const at = `${path}.forbidden.${name}`;
      return searchedName(at, name, parameters, (parameter) => certainValueProblems(at, parameter, value));
    }),
  ];
}

function numberProblems(path: string, { name, searchSpace: { categorical, ordinal, fixed } }: Parameter): readonly Problem[] {
  const values = categorical?.choices ?? ordinal?.choices ?? (fixed && [fixed.value]) ?? [];
  const other = values.find((value) => typeof value !== 'number');
  return other === undefined ? [] : [{ path, message: `${name} must have numbers only, and can be ${JSON.stringify(other)}` }];
}
