import type { Range } from '../../dimension.ts';
import type { Layerwise, Parameter } from '../parameter-schema.ts';
import type { SpecParts } from '../parts.ts';
import { mustBe, type Problem } from '../problem.ts';

const kinds = ['uniform', 'logUniform', 'int', 'normal', 'logNormal', 'categorical', 'ordinal', 'fixed', 'layerwise'] as const;

/** Each search space by itself: one kind, a range that is not empty, choices that differ. */
export function searchSpaceProblems({ parameters }: SpecParts): readonly Problem[] {
  return parameters.flatMap(({ path, parameter }) =>
    parameter === undefined ? [] : spaceProblems(`${path}.searchSpace`, parameter.searchSpace),
  );
}

function spaceProblems(path: string, space: Parameter['searchSpace']): readonly Problem[] {
  const present = kinds.filter((kind) => space[kind] !== undefined);
  if (present.length !== 1) return [mustBe(path, `exactly one of ${kinds.join(', ')}`, present.length === 0 ? undefined : present)];
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

function openRange(path: string, range: Range | undefined): readonly Problem[] {
  if (range === undefined) return [];
  const { min, max, step } = range;
  if (min >= max) return [mustBe(`${path}.max`, `> min, which is ${min}${min === max ? ' (for a fixed value: fixed)' : ''}`, max)];
  return step === undefined || step <= max - min ? [] : [mustBe(`${path}.step`, `<= max - min, which is ${max - min}`, step)];
}

/** Layerwise ranges may hold one value: there is no other way to hold a number of layers or a decay still. */
function closedRange(path: string, range: Range | undefined): readonly Problem[] {
  return range === undefined || range.min <= range.max ? [] : [mustBe(`${path}.max`, `>= min, which is ${range.min}`, range.max)];
}

function repeatedChoices(path: string, choices: readonly unknown[]): readonly Problem[] {
  return choices.flatMap((choice, index) =>
    choices.indexOf(choice) === index ? [] : [mustBe(`${path}.choices[${index}]`, 'a choice that is not there already', choice)],
  );
}

/** What each scheme has to be told, and what it may be told, beside the learning rate. */
const schemeFields: Readonly<Record<Layerwise['scheme'], { readonly required: readonly Field[]; readonly optional: readonly Field[] }>> = {
  prefix: { required: ['frozenPrefix'], optional: [] },
  prefixDecay: { required: ['frozenPrefix', 'decay'], optional: [] },
  perLayer: { required: [], optional: ['frozenPrefix', 'frozenProbability'] },
};
type Field = 'frozenPrefix' | 'decay' | 'frozenProbability';
const fields: readonly Field[] = ['frozenPrefix', 'decay', 'frozenProbability'];

function layerwiseProblems(path: string, layerwise: Layerwise): readonly Problem[] {
  const { required, optional } = schemeFields[layerwise.scheme];
  return [
    ...required
      .filter((field) => layerwise[field] === undefined)
      .map((field) => mustBe(`${path}.${field}`, `given for scheme ${layerwise.scheme}`, undefined)),
    ...fields
      .filter((field) => layerwise[field] !== undefined && !required.includes(field) && !optional.includes(field))
      .map((field) => ({ path: `${path}.${field}`, message: `does not belong to scheme ${layerwise.scheme}; leave it out` })),
    ...openRange(`${path}.learningRate`, layerwise.learningRate),
    ...closedRange(`${path}.frozenPrefix`, layerwise.frozenPrefix),
    ...closedRange(`${path}.decay`, layerwise.decay),
  ];
}
