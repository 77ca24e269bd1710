import { holds } from '../../domain.ts';
import type { Value } from '../../trial.ts';
import { suggestion } from '../nearest.ts';
import type { Parameter } from '../parameter-schema.ts';
import type { ParameterPart, SpecParts } from '../parts.ts';
import { mustBe, type Problem } from '../problem.ts';

/** `activeWhen`: names that are there, values that can be had, and no parameter that waits for itself. */
export function conditionProblems({ parameters }: SpecParts): readonly Problem[] {
  return parameters.flatMap((part) => {
    if (part.parameter?.activeWhen === undefined) return [];
    const path = `${part.path}.activeWhen`;
    if (part.parameter.searchSpace.layerwise !== undefined) {
      return [{ path, message: 'a layerwise parameter is always in use; leave activeWhen out' }];
    }
    return [
      ...Object.entries(part.parameter.activeWhen).flatMap(([name, value]) =>
        parentProblems(`${path}.${name}`, part, name, value, parameters),
      ),
      ...cycleProblems(path, part, parameters),
    ];
  });
}

function parentProblems(
  path: string,
  child: ParameterPart,
  name: string,
  value: Value,
  parameters: readonly ParameterPart[],
): readonly Problem[] {
  if (name === child.name) return [{ path, message: 'a parameter cannot depend on itself' }];
  const parent = parameters.find((candidate) => candidate.name === name);
  if (parent === undefined) {
    const others = parameters.flatMap((candidate) => candidate.name ?? []).filter((other) => other !== child.name);
    return [{ path, message: `is not a parameter of this sweep; ${suggestion(name, others)}` }];
  }
  return parent.parameter === undefined ? [] : certainValueProblems(path, parent.parameter, value);
}

/** Whether a parameter can take a certain value. */
export function certainValueProblems(
  path: string,
  { name, searchSpace: { categorical, ordinal, fixed, int } }: Parameter,
  value: Value,
): readonly Problem[] {
  const mustBeOneOf = (values: string) => [mustBe(path, `a value that ${name} can take (${values})`, value)];
  if (int !== undefined) {
    const { min, max, step } = int;
    const steps = step === undefined ? '' : ` in steps of ${step}`;
    return holds({ kind: 'int', ...int }, value) ? [] : mustBeOneOf(`whole numbers from ${min} to ${max}${steps}`);
  }
  const choices = categorical?.choices ?? ordinal?.choices ?? (fixed && [fixed.value]);
  if (choices !== undefined) return choices.includes(value) ? [] : mustBeOneOf(choices.join(', '));
  return [{ path, message: `${name} must be categorical, ordinal, int or fixed, for others hardly ever have one certain value` }];
}

/** Told once, at the first parameter of the cycle. */
function cycleProblems(path: string, { name }: ParameterPart, parameters: readonly ParameterPart[]): readonly Problem[] {
  const cycle = name === undefined ? undefined : shortestCycle(name, parameters);
  if (cycle === undefined) return [];
  const first = parameters.find((part) => part.name !== undefined && cycle.includes(part.name));
  return first?.name === name ? [{ path, message: `parameters wait for each other: ${[...cycle, name].join(' -> ')}` }] : [];
}

/** The names from `start` along conditions until `start` would come again. A self-reference is not told here. */
function shortestCycle(start: string, parameters: readonly ParameterPart[]): readonly string[] | undefined {
  const seen = new Set([start]);
  const ways: (readonly string[])[] = [[start]]; // grows while it is walked: breadth first
  for (const way of ways) {
    const parents = Object.keys(parameters.find(({ name }) => name === way.at(-1))?.parameter?.activeWhen ?? {});
    if (way.length > 1 && parents.includes(start)) return way;
    for (const parent of parents.filter((name) => !seen.has(name))) {
      seen.add(parent);
      ways.push([...way, parent]);
    }
  }
  return undefined;
}
