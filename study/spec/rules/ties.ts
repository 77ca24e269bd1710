import type { Parameter } from '../parameter-schema.ts';
import type { SpecParts } from '../parts.ts';
import type { Problem } from '../problem.ts';
import { searchedName } from './names.ts';

/** `searchSpace.tied`: to a parameter that is searched, and a factor only where there are numbers. */
export function tieProblems({ parameters }: SpecParts): readonly Problem[] {
  return parameters.flatMap(({ path, name, parameter }) => {
    const tied = parameter?.searchSpace.tied;
    if (tied === undefined) return [];
    const at = `${path}.searchSpace.tied`;
    if (tied.to === name) return [{ path: `${at}.to`, message: 'a parameter cannot be tied to itself' }];
    const others = parameters.filter((part) => part.name !== name);
    return searchedName(`${at}.to`, tied.to, others, (target) => (tied.factor === undefined ? [] : factorProblems(at, target)));
  });
}

function factorProblems(path: string, { name, searchSpace: { categorical, ordinal, fixed } }: Parameter): readonly Problem[] {
  const values = categorical?.choices ?? ordinal?.choices ?? (fixed && [fixed.value]) ?? [];
  return values.every((value) => typeof value === 'number')
    ? []
    : [{ path: `${path}.factor`, message: `${name} is not a number in every trial; leave the factor out` }];
}
