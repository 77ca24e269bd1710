import { z } from 'zod';
import { tunableSettings } from '../../trainer-block.ts';
import { suggestion } from '../nearest.ts';
import type { Parameter } from '../parameter-schema.ts';
import type { ParameterPart, SpecParts } from '../parts.ts';
import { mustBe, type Problem } from '../problem.ts';
import { expectation, structureProblems } from '../structure.ts';
import { trainerSettingsSchema } from '../trial-template-schema.ts';
import { isLayerwise } from './parameters.ts';

/** Measured on the selection split; metrics of the held-out split are no objectives, and `train/loss` says nothing of new texts. */
const metrics = ['eval/accuracy', 'eval/macro_f1', 'eval/mcc', 'eval/loss'];
const learningRates = ['learningRate', 'headLearningRate'];
const readable = [...learningRates, ...tunableSettings];

/** What the built-in trainer needs and understands. A program of one's own, named by `command`, is asked for none of it. */
export function builtInTrainerProblems({ trialTemplate, objectives = [], parameters }: SpecParts): readonly Problem[] {
  if (trialTemplate === undefined || trialTemplate.command !== undefined) return [];
  const path = 'spec.trialTemplate.trainer';
  const settings = trainerSettingsSchema.safeParse(trialTemplate.trainer, { reportInput: true });
  return [
    ...(settings.success ? [] : structureProblems(trainerSettingsSchema, settings.error.issues, path)),
    ...objectives.flatMap(({ metric }, index) => metricProblems(`spec.objectives[${index}].metric`, metric)),
    ...rateProblems(parameters),
    ...parameters.flatMap(readabilityProblems),
  ];
}

/** Learning rates become part of the layer configuration, whoever trains. */
export function learningRateProblems({ parameters }: SpecParts): readonly Problem[] {
  return parameters.flatMap(({ path, parameter }) =>
    parameter !== undefined && learningRates.includes(parameter.name)
      ? valueProblems(`${path}.searchSpace`, parameter, z.number().gt(0))
      : [],
  );
}

function metricProblems(path: string, metric: string): readonly Problem[] {
  if (metrics.includes(metric)) return [];
  return [mustBe(path, `a metric of the built-in trainer (${suggestion(metric, metrics)})`, metric)];
}

function rateProblems(parameters: readonly ParameterPart[]): readonly Problem[] {
  const layerwise = parameters.find(isLayerwise);
  const rate = parameters.find(({ name }) => name === 'learningRate');
  if (layerwise !== undefined && rate !== undefined) {
    return [
      { path: `${rate.path}.name`, message: `learningRate is part of the layerwise parameter ${layerwise.name}; remove one of them` },
    ];
  }
  if (rate?.parameter?.activeWhen !== undefined) {
    return [
      { path: `${rate.path}.activeWhen`, message: 'the built-in trainer needs a learning rate in every trial; leave activeWhen out' },
    ];
  }
  const isUnclear = parameters.length === 0 || parameters.some(({ parameter }) => parameter === undefined);
  if (layerwise !== undefined || rate !== undefined || isUnclear) return [];
  return [{ path: 'spec.parameters', message: 'the built-in trainer needs a layerwise parameter, or one named learningRate' }];
}

/** Any other parameter would be searched without effect. */
function readabilityProblems({ path, parameter }: ParameterPart): readonly Problem[] {
  if (parameter === undefined || parameter.searchSpace.layerwise !== undefined) return [];
  const { name } = parameter;
  if (learningRates.includes(name)) return [];
  const setting = tunableSettings.find((tunable) => tunable === name);
  if (setting !== undefined) return valueProblems(`${path}.searchSpace`, parameter, trainerSettingsSchema.shape[setting]);
  return [
    {
      path: `${path}.name`,
      message: `${name} is not read by the built-in trainer, which reads ${readable.join(', ')} and one layerwise parameter; for others set trialTemplate.command`,
    },
  ];
}

/** Whether the parameter can only take values that the schema allows: its ends or choices, and what lies between. */
function valueProblems(path: string, { name, searchSpace }: Parameter, schema: z.ZodType): readonly Problem[] {
  const refused = (values: readonly Probe[]) =>
    values.flatMap(([field, value]) => {
      const { error } = schema.safeParse(value);
      return error === undefined ? [] : [mustBe(`${path}.${field}`, `${expectation(error.issues[0]!)} for ${name}`, value)];
    });
  const { uniform, logUniform, int, categorical } = searchSpace;
  const atEnds = refused([
    ...(categorical?.choices.map((choice, index): Probe => [`categorical.choices[${index}]`, choice]) ?? []),
    ...Object.entries({ uniform, logUniform, int }).flatMap(([kind, range]) => (range === undefined ? [] : ends(kind, range))),
  ]);
  return atEnds.length > 0
    ? atEnds
    : refused(Object.entries({ uniform, logUniform }).flatMap(([kind, range]) => (range === undefined ? [] : [inside(kind, range)])));
}

/** A field of a search space, and a value that it lets the parameter take. */
type Probe = readonly [string, unknown];
interface Range {
  readonly min: number;
  readonly max: number;
}

const ends = (kind: string, { min, max }: Range): readonly Probe[] => [
  [`${kind}.min`, min],
  [`${kind}.max`, max],
];

/** Not whole, whatever the ends: a range of real numbers is no search space for a count. */
const inside = (kind: string, { min, max }: Range): Probe => [kind, min + (max - min) / Math.PI];
