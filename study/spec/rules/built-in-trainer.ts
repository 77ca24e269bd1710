import { z } from 'zod';
import type { Domain, Range } from '../../dimension.ts';
import { fromUnit } from '../../domain.ts';
import { methodSettingOf, tunableSettings } from '../../trainer-block.ts';
import { suggestion } from '../nearest.ts';
import type { Parameter } from '../parameter-schema.ts';
import type { ParameterPart, SpecParts } from '../parts.ts';
import { mustBe, type Problem } from '../problem.ts';
import { expectation, structureProblems } from '../structure.ts';
import { trainerSettingsSchema } from '../trial-template-schema.ts';
import { methodProblems } from './methods.ts';
import { isAlwaysInUse, isLayerwise } from './parameters.ts';

/** Measured on the selection split, or known beforehand; metrics of the held-out split are no objectives, and `train/loss` says nothing of new texts. */
const metrics = ['eval/accuracy', 'eval/macro_f1', 'eval/mcc', 'eval/loss', 'model/trainedParameters'];
const learningRates = ['learningRate', 'headLearningRate'];
const readable = [...learningRates, ...tunableSettings];

/** What the built-in trainer needs and understands. A program of one's own, named by `command`, is asked for none of it. */
export function builtInTrainerProblems(parts: SpecParts): readonly Problem[] {
  const { trialTemplate, objectives = [], searchAlgorithm, parameters } = parts;
  if (trialTemplate === undefined || trialTemplate.command !== undefined) return [];
  const path = 'spec.trialTemplate.trainer';
  const settings = trainerSettingsSchema.safeParse(trialTemplate.trainer, { reportInput: true });
  return [
    ...(settings.success ? [] : structureProblems(trainerSettingsSchema, settings.error.issues, path)),
    ...objectives.flatMap(({ metric }, index) =>
      metric.startsWith('cost/') ? [] : metricProblems(`spec.objectives[${index}].metric`, metric),
    ),
    ...(searchAlgorithm?.objective ? metricProblems('spec.searchAlgorithm.objective.metric', searchAlgorithm.objective.metric) : []),
    ...rateProblems(parameters),
    ...parameters.flatMap(readabilityProblems),
    ...methodProblems(parts),
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
  if (rate !== undefined && !isAlwaysInUse(rate, parameters)) {
    return [
      {
        path: `${rate.path}.searchSpace.tied.to`,
        message: 'the built-in trainer needs a learning rate in every trial; tie to a parameter without activeWhen',
      },
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
  const ofMethod = methodSettingOf(name);
  if (ofMethod !== undefined) return valueProblems(`${path}.searchSpace`, parameter, ofMethod.schema);
  return [
    {
      path: `${path}.name`,
      message: `${name} is not read by the built-in trainer, which reads ${readable.join(', ')}, settings of methods such as dps.reserve, and one layerwise parameter; for others set trialTemplate.command`,
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
  const atEnds = refused([...listed(searchSpace), ...ends(searchSpace)]);
  return atEnds.length > 0 ? atEnds : refused(inside(searchSpace));
}

/** A field of a search space, and a value that it lets the parameter take. */
type Probe = readonly [field: string, value: unknown];
type Space = Parameter['searchSpace'];

const listed = ({ categorical, ordinal, fixed }: Space): readonly Probe[] => [
  ...(fixed === undefined ? [] : [['fixed.value', fixed.value] as const]),
  ...Object.entries({ categorical, ordinal }).flatMap(([kind, list]) =>
    (list?.choices ?? []).map((choice, index): Probe => [`${kind}.choices[${index}]`, choice]),
  ),
];

const ends = (space: Space): readonly Probe[] => [
  ...ranges(space).flatMap(([kind, { min, max }]): readonly Probe[] => [
    [`${kind}.min`, min],
    [`${kind}.max`, max],
  ]),
  ...bells(space).flatMap(([kind, domain]): readonly Probe[] => [0, 1].map((unit) => [kind, fromUnit(domain, unit)])),
];

/** Not whole, whatever the ends: real numbers are no search space for a count, unless they come in whole steps. */
const inside = (space: Space): readonly Probe[] => [
  ...ranges(space).map(([kind, { min, max, step = (max - min) / Math.PI }]): Probe => [kind, min + step]),
  ...bells(space).map(([kind, domain]): Probe => [kind, fromUnit(domain, 1 / Math.PI)]),
];

const ranges = ({ uniform, logUniform, int }: Space): readonly (readonly [string, Range])[] => [
  ...(uniform === undefined ? [] : [['uniform', uniform] as const]),
  ...(logUniform === undefined ? [] : [['logUniform', logUniform] as const]),
  ...(int === undefined ? [] : [['int', { step: 1, ...int }] as const]),
];

/** Draws reach eight standard deviations from the middle. */
const bells = ({ normal, logNormal }: Space): readonly (readonly [string, Domain])[] => [
  ...(normal === undefined ? [] : [['normal', { kind: 'normal', ...normal }] as const]),
  ...(logNormal === undefined ? [] : [['logNormal', { kind: 'logNormal', ...logNormal }] as const]),
];
