import { z } from 'zod';
import { eachOnce, exactlyOneOf, fittingStep, openRange, validations } from './cel.ts';
import { formatted } from './formatted.ts';
import type { Immutable } from './immutable.ts';
import { layerwiseSchema, positiveRange } from './layerwise-schema.ts';

const real = z.number();

const step = real.gt(0).exactOptional();
const onlySteps = 'Only min, min + step and so on up to max are values. Above 0, at most max - min.';

const range = validations(openRange, fittingStep);

const uniform = z
  .strictObject({
    min: real.describe('Smallest value, included. Below max.'),
    max: real.describe('Largest value, included. Above min.'),
    step: step.describe(`${onlySteps} Default: every real number between them.`),
  })
  .meta(range)
  .describe('A real number, every value between min and max equally likely.');

const logUniform = positiveRange('value')
  .extend({ step: step.describe(`${onlySteps} A draw is rounded to the nearest. Default: every real number between them.`) })
  .meta(range)
  .describe('A positive real number, every order of magnitude equally likely: right for learning rates and other scales.');

const int = z
  .strictObject({
    min: z.int().describe('Smallest value, included. Below max.'),
    max: z.int().describe('Largest value, included. Above min.'),
    step: z.int().min(1).exactOptional().describe(`${onlySteps} Default 1.`),
  })
  .meta(range)
  .describe('A whole number, each one between min and max equally likely.');

const normal = z
  .strictObject({
    mean: real.describe('Mean, which is also the likeliest value.'),
    standardDeviation: real.gt(0).describe('Standard deviation. Above 0.'),
  })
  .describe('A real number, normally distributed: two draws in three lie within one standard deviation of the mean. It has no limits.');

const logNormal = z
  .strictObject({
    median: real.gt(0).describe('Median: half of all draws are smaller. Above 0.'),
    standardDeviation: real.gt(0).describe('Standard deviation of the natural logarithm; 2.3 is one order of magnitude. Above 0.'),
  })
  .describe('A positive real number whose logarithm is normally distributed. It has no upper limit.');

const scalar = z.union([z.string(), z.number(), z.boolean()], 'a text, a number or a boolean');

const categorical = z
  .strictObject({
    choices: z.array(scalar).min(1).max(1000).describe('The values to choose from: texts, numbers or booleans; at least one, each once.'),
  })
  .describe('One of a list of values, each equally likely, that have nothing to do with each other.');

const ordinal = z
  .strictObject({
    choices: z.array(scalar).min(1).max(1000).describe('The values in their order: texts, numbers or booleans; at least one, each once.'),
  })
  .describe('One of a list of values, each equally likely, that have an order: samplers take neighbours to be alike.');

const fixed = z.strictObject({ value: scalar.describe('The value: a text, a number or a boolean.') }).describe('Always the same value.');

const tied = z
  .strictObject({
    to: z.string().max(200).describe('Name of a parameter, or of a part of the layerwise one such as layers.learningRate.'),
    factor: real.gt(0).exactOptional().describe('What its value is multiplied with, when it is a number. Above 0; default 1.'),
  })
  .describe('Not searched: the value of another parameter, or so many times that. Absent where the other one is out of use.');

const kinds = {
  uniform: uniform.exactOptional(),
  logUniform: logUniform.exactOptional(),
  int: int.exactOptional(),
  normal: normal.exactOptional(),
  logNormal: logNormal.exactOptional(),
  categorical: categorical.exactOptional(),
  ordinal: ordinal.exactOptional(),
  fixed: fixed.exactOptional(),
  tied: tied.exactOptional(),
  layerwise: layerwiseSchema.exactOptional(),
};

export type SearchSpaceKind = keyof typeof kinds;

export const searchSpaceKinds = Object.keys(kinds) as readonly SearchSpaceKind[];

const searchSpace = z
  .strictObject(kinds)
  .meta(validations(exactlyOneOf(searchSpaceKinds)))
  .describe('The values that the parameter can take: exactly one of the kinds below.');

export const parameterSchema = z.strictObject({
  name: formatted(
    /^[A-Za-z][A-Za-z0-9_.-]{0,62}$/,
    'a letter, then letters, digits, dots, dashes or underscores, at most 63 in all',
    63,
  ).describe(
    'Name of the parameter, once in a sweep. The built-in trainer reads learningRate, headLearningRate, method, trainExamples, batchSize, maxLength, dropout, weightDecay, warmup and clipNorm beside the layerwise parameter; a program of your own may read any.',
  ),
  searchSpace,
  activeWhen: z
    .record(z.string(), scalar)
    .exactOptional()
    .describe(
      'Values that other parameters (categorical, ordinal, int or fixed) must have for this one to be in use; all of them must hold. Default: always in use. A parameter out of use is absent from the assignment.',
    ),
});

/** One of `spec.parameters`. */
export type Parameter = Immutable<z.output<typeof parameterSchema>>;

/** What parameters are beside each other. */
export const parameterRules = validations(
  eachOnce('name', 'must have a name of its own for each parameter'),
  {
    rule: 'self.filter(parameter, has(parameter.searchSpace.layerwise)).size() <= 1',
    message: 'only one parameter can be layerwise; remove the others',
  },
  {
    rule: "!self.exists(parameter, has(parameter.searchSpace.layerwise) && self.exists(other, other.name.startsWith(parameter.name + '.')))",
    message: 'must have no name that begins with that of the layerwise parameter and a dot, for such are its parts',
  },
);
