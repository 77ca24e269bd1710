import { type MethodName, methods } from '../../methods/methods.ts';
import { methodSettingOf } from '../../trainer-block.ts';
import type { Parameter } from '../parameter-schema.ts';
import type { ParameterPart, SpecParts } from '../parts.ts';
import { mustBe, type Problem } from '../problem.ts';
import { isLayerwise } from './parameters.ts';

/** What ways of fine-tuning mean together with the rest: settings that no trial would read, and combinations that are not done. */
export function methodProblems({ trialTemplate, parameters, enqueue = [] }: SpecParts): readonly Problem[] {
  const searched = parameters.find(({ name }) => name === 'method');
  const names = namesOf(trialTemplate?.trainer ?? {}, searched?.parameter);
  return [
    ...parameters.flatMap((part) => settingProblems(part, searched, names)),
    ...blockProblems(trialTemplate?.trainer ?? {}, names),
    ...excludedProblems(trialTemplate?.trainer ?? {}, parameters, searched, names),
    ...lowRankProblems(parameters, names),
    ...baselineProblems(enqueue, names),
  ];
}

/** What of a spec says which methods trials can have. */
interface Searching {
  readonly trialTemplate: { readonly trainer: Readonly<Record<string, unknown>> };
  readonly parameters: readonly Parameter[];
}

/** The methods that trials of a checked sweep can have. */
export function methodsOfTrials({ trialTemplate, parameters }: Searching): readonly MethodName[] {
  return namesOf(
    trialTemplate.trainer,
    parameters.find(({ name }) => name === 'method'),
  );
}

/** The methods that trials can have. */
function namesOf(trainer: Readonly<Record<string, unknown>>, searched: Parameter | undefined): readonly MethodName[] {
  const { categorical, ordinal, fixed } = searched?.searchSpace ?? {};
  const values = searched === undefined ? [trainer.method ?? 'full'] : (categorical?.choices ?? ordinal?.choices ?? [fixed?.value]);
  return values.filter((value): value is MethodName => typeof value === 'string' && value in methods); // others are told of elsewhere
}

/** A parameter such as `dps.reserve`. */
function settingProblems(
  { path, name, parameter }: ParameterPart,
  searched: ParameterPart | undefined,
  names: readonly MethodName[],
): readonly Problem[] {
  const setting = name === undefined ? undefined : methodSettingOf(name);
  if (setting === undefined || parameter === undefined) return [];
  const { method } = setting;
  if (!names.includes(method)) {
    return [{ path: `${path}.name`, message: `no trial has method ${method}; name it in trainer.method or in a parameter named method` }];
  }
  if (searched === undefined || names.length === 1 || parameter.activeWhen?.method === method) return [];
  return [mustBe(`${path}.activeWhen`, `{method: ${method}}, for no other method reads ${name}`, parameter.activeWhen)];
}

function blockProblems(trainer: Readonly<Record<string, unknown>>, names: readonly MethodName[]): readonly Problem[] {
  return Object.keys(trainer)
    .filter((name) => name in methods && !names.includes(name as MethodName))
    .filter((name) => name !== 'lora') // of layers with mode lora, too
    .map((name) => ({ path: `spec.trialTemplate.trainer.${name}`, message: `no trial has method ${name}; leave it out` }));
}

function excludedProblems(
  { task, pooling = 'pooler', dropout }: Readonly<Record<string, unknown>>,
  parameters: readonly ParameterPart[],
  searched: ParameterPart | undefined,
  names: readonly MethodName[],
): readonly Problem[] {
  const path = searched === undefined ? 'spec.trialTemplate.trainer.method' : `${searched.path}.searchSpace`;
  const against = (name: MethodName, what: string, reason: string | undefined): readonly Problem[] =>
    reason === undefined ? [] : [{ path, message: `${name} does not go with ${what}: ${reason}` }];
  const searchedDropout = parameters.find(({ name }) => name === 'dropout')?.parameter;
  const canBeWithout = (name: MethodName): boolean =>
    searchedDropout !== undefined && (searchedDropout.activeWhen?.method ?? name) === name ? canBeZero(searchedDropout) : dropout === 0;
  return names.flatMap((name) => [
    ...(task === 'regression' ? against(name, 'task regression', methods[name].excludes?.regression) : []),
    ...(pooling === 'pooler' ? [] : against(name, `pooling ${pooling}`, methods[name].excludes?.pooling)),
    ...(canBeWithout(name) ? against(name, 'dropout 0', methods[name].excludes?.['dropout 0']) : []),
  ]);
}

function canBeZero({ searchSpace: { uniform, categorical, ordinal, fixed } }: Parameter): boolean {
  return uniform?.min === 0 || [...(categorical?.choices ?? []), ...(ordinal?.choices ?? []), fixed?.value].includes(0);
}

function baselineProblems(enqueue: readonly string[], names: readonly MethodName[]): readonly Problem[] {
  if (enqueue.length === 0 || names.length === 0 || names.includes('full')) return [];
  return [
    {
      path: 'spec.enqueue',
      message: 'baselines have method full, and no trial can have it; search method among full and others, or leave them out',
    },
  ];
}

function lowRankProblems(parameters: readonly ParameterPart[], names: readonly MethodName[]): readonly Problem[] {
  const other = names.find((name) => name !== 'full' && name !== 'lora');
  const layerwise = parameters.find(isLayerwise);
  if (other === undefined || layerwise?.parameter?.searchSpace.layerwise?.modes?.lora === undefined) return [];
  const message = `goes with methods full and lora alone, and trials can have ${other}; leave it out`;
  return [{ path: `${layerwise.path}.searchSpace.layerwise.modes.lora`, message }];
}
