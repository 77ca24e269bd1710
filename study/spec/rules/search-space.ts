import { type Parameter, searchSpaceKinds } from '../parameter-schema.ts';
import type { SpecParts } from '../parts.ts';
import { mustBe, type Problem } from '../problem.ts';
import { layerwiseProblems } from './layerwise.ts';
import { openRange } from './ranges.ts';

/** Each search space by itself: one kind, a range that is not empty, choices that differ. */
export function searchSpaceProblems({ parameters }: SpecParts): readonly Problem[] {
  return parameters.flatMap(({ path, parameter }) =>
    parameter === undefined ? [] : spaceProblems(`${path}.searchSpace`, parameter.searchSpace),
  );
}

function spaceProblems(path: string, space: Parameter['searchSpace']): readonly Problem[] {
  const present = searchSpaceKinds.filter((kind) => space[kind] !== undefined);
  if (present.length !== 1)
    return [mustBe(path, `exactly one of ${searchSpaceKinds.join(', ')}`, present.length === 0 ? undefined : present)];
  const { uniform, logUniform, int, categorical, ordinal, layerwise } = space;
  return [
    ...openRange(`${path}.uniform`, uniform),
    ...openRange(`${path}.logUniform`, logUniform),
    ...openRange(`${path}.int`, int),
    ...repeatedChoices(`${path}.categorical`, categorical?.choices ?? []),
    ...repeatedChoices(`${path}.ordinal`, ordinal?.choices ?? []),
    ...(layerwise === undefined ? [] : layerwiseProblems(`${path}.layerwise`, layerwise)),
  ];
}

function repeatedChoices(path: string, choices: readonly unknown[]): readonly Problem[] {
  return choices.flatMap((choice, index) =>
    choices.indexOf(choice) === index ? [] : [mustBe(`${path}.choices[${index}]`, 'a choice that is not there already', choice)],
  );
}
