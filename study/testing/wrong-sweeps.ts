/** Sweeps with one mistake each, and what is said of it: here on a laptop, in k8s/api by the API server too. */
import { methodNames } from '../methods/methods.ts';

const own = { command: ['./train'], trainer: {} };
const trainer = { model: './model', data: './data' };
const written = (settings: object) => ({ trialTemplate: { trainer: { ...trainer, ...settings } } });
const layerwise = (fields: object) => ({
  name: 'layers',
  searchSpace: { layerwise: { learningRate: { min: 1e-5, max: 1e-3 }, ...fields } },
});
const modes = (ranges: object) => ({ name: 'layers', searchSpace: { layerwise: { scheme: 'modes', blockSize: 2, modes: ranges } } });
const head = { name: 'headLearningRate', searchSpace: { logUniform: { min: 1e-4, max: 1e-2 } } };
export const prefix = layerwise({ scheme: 'prefix', frozenPrefix: { min: 0, max: 6 } });
const learningRate = { name: 'learningRate', searchSpace: { logUniform: { min: 1e-5, max: 1e-3 } } };
const method = { name: 'method', searchSpace: { categorical: { choices: ['full', 'dps'] } } };
const real = (name: string, activeWhen?: object) => ({
  name,
  searchSpace: { uniform: { min: 0, max: 1 } },
  ...(activeWhen && { activeWhen }),
});
const objectives = (...metrics: readonly string[]) => ({ objectives: metrics.map((metric) => ({ metric, direction: 'minimize' })) });
const choice = (name: string, activeWhen?: object) => ({ ...method, name, ...(activeWhen && { activeWhen }) });

const tied = (name: string, tie: object) => ({ name, searchSpace: { tied: tie } });

/** Parameters of a program of one's own, so that only their own rules speak. */
const searching = (...parameters: readonly object[]) => ({ trialTemplate: own, parameters });
const constrained = (constraint: object) => ({ ...searching(real('a'), real('b'), method), constraints: [constraint] });
const space = (searchSpace: object) => searching({ name: 'x', searchSpace });

export interface WrongSweep {
  readonly name: string;
  /** Fields of the spec that differ from those of `writtenSweep`. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly want: string;
}

export const wrongSweeps: readonly WrongSweep[] = [
  // shapes
  { name: 'missing field', spec: { numTrials: undefined }, want: 'spec.numTrials: must be a number, got nothing' },
  { name: 'wrong type', spec: { numTrials: 'many' }, want: 'spec.numTrials: must be a number, got "many"' },
  { name: 'not whole', spec: { numTrials: 1.5 }, want: 'spec.numTrials: must be a whole number, got 1.5' },
  { name: 'no trials', spec: { numTrials: 0 }, want: 'spec.numTrials: must be >= 1, got 0' },
  { name: 'too many trials', spec: { numTrials: 10_001 }, want: 'spec.numTrials: must be <= 10000, got 10001' },
  { name: 'none at a time', spec: { parallelTrials: 0 }, want: 'spec.parallelTrials: must be >= 1, got 0' },
  { name: 'negative failures', spec: { maxFailedTrials: -1 }, want: 'spec.maxFailedTrials: must be >= 0, got -1' },
  { name: 'list for a mapping', spec: { results: [] }, want: 'spec.results: must be a mapping, got []' },
  { name: 'mapping for a list', spec: { parameters: {} }, want: 'spec.parameters: must be a list, got {}' },
  {
    name: 'unknown field near a known one',
    spec: { paralelTrials: 2 },
    want: 'spec.paralelTrials: is not a known field; did you mean parallelTrials?',
  },
  {
    name: 'unknown field near none',
    spec: { results: { uri: 's3://sweeps', keepFor: '1d' } },
    want: 'spec.results.keepFor: is not a known field; known are uri',
  },
  {
    name: 'unknown choice',
    spec: { searchAlgorithm: { name: 'rnd' } },
    want: 'spec.searchAlgorithm.name: must be one of random, grid, sobol, tpe, cmaEs, gp, nsga2, got "rnd"',
  },
  {
    name: 'one step in a grid',
    spec: { searchAlgorithm: { name: 'grid', steps: 1 } },
    want: 'spec.searchAlgorithm.steps: must be >= 2, got 1',
  },
  {
    name: 'more than all trials at random',
    spec: { searchAlgorithm: { name: 'tpe', randomShare: 2 } },
    want: 'spec.searchAlgorithm.randomShare: must be <= 1, got 2',
  },
  {
    name: 'unknown direction',
    spec: { objectives: [{ metric: 'eval/loss', direction: 'down' }] },
    want: 'spec.objectives[0].direction: must be one of minimize, maximize, got "down"',
  },
  {
    name: 'an objective that comes twice',
    spec: objectives('eval/loss', 'eval/loss'),
    want: 'spec.objectives[1].metric: must be named only once, got "eval/loss"',
  },
  {
    name: 'cost as the first objective',
    spec: objectives('cost/seconds', 'eval/loss'),
    want: 'spec.objectives[0].metric: must be a metric that the trainer reports: what a trial costs can only come after it, got "cost/seconds"',
  },
  {
    name: 'unknown cost',
    spec: objectives('eval/loss', 'cost/dollars'),
    want: 'spec.objectives[1].metric: must be cost/seconds or cost/gpuSeconds where it begins with cost/, got "cost/dollars"',
  },
  {
    name: 'a cost to be maximised',
    spec: {
      objectives: [
        { metric: 'eval/loss', direction: 'minimize' },
        { metric: 'cost/seconds', direction: 'maximize' },
      ],
    },
    want: 'spec.objectives[1].direction: must be minimize for cost/seconds, got "maximize"',
  },
  {
    name: 'more losses than a workflow can carry',
    spec: { ...objectives('eval/loss', 'cost/seconds', 'model/trainedParameters'), numTrials: 7000 },
    want: 'spec.numTrials: must be <= 6666 with 3 objectives, got 7000',
  },
  {
    name: 'ranking by several objectives where there is one',
    spec: { pruneAlgorithm: { name: 'asha', by: 'nonDominatedRank', minResource: 1, maxResource: 9 } },
    want: 'spec.pruneAlgorithm.by: must be firstObjective where there is one objective, got "nonDominatedRank"',
  },
  { name: 'no objective', spec: { objectives: [] }, want: 'spec.objectives: must be a list of length >= 1, got []' },
  {
    name: 'bad duration',
    spec: { budget: { duration: '8 hours' } },
    want: 'spec.budget.duration: must be a duration above 0 such as 8h, 90m or 1h30m, got "8 hours"',
  },
  {
    name: 'duration of nothing',
    spec: { budget: { duration: '0m' } },
    want: 'spec.budget.duration: must be a duration above 0 such as 8h, 90m or 1h30m, got "0m"',
  },
  {
    name: 'address without a bucket',
    spec: { results: { uri: 's3://' } },
    want: 'spec.results.uri: must be s3://bucket/prefix, got "s3://"',
  },
  { name: 'path for results', spec: { results: { uri: './out' } }, want: 'spec.results.uri: must be s3://bucket/prefix, got "./out"' },
  {
    name: 'empty command',
    spec: { trialTemplate: { command: [] } },
    want: 'spec.trialTemplate.command: must be a list of length >= 1, got []',
  },
  {
    name: 'unknown baseline',
    spec: { enqueue: ['lora'] },
    want: 'spec.enqueue[0]: must be one of fullFineTuning, headOnly, freezeOnly:<layer>, got "lora"',
  },
  {
    name: 'bad parameter name',
    spec: searching(choice('1st')),
    want: 'spec.parameters[0].name: must be a letter, then letters, digits, dots, dashes or underscores, at most 63 in all, got "1st"',
  },

  // budgets
  { name: 'no GPU hours', spec: { budget: { gpuHours: 0 } }, want: 'spec.budget.gpuHours: must be > 0, got 0' },
  {
    name: 'a cost without a price',
    spec: { budget: { cost: { max: 100 } } },
    want: 'spec.budget.cost.pricePerGpuHour: must be a number, got nothing',
  },
  {
    name: 'an end by what a sampler expects that expects nothing',
    spec: { budget: { noExpectedImprovement: { below: 0.001, trials: 5 } }, searchAlgorithm: { name: 'tpe' } },
    want: 'spec.budget.noExpectedImprovement: needs searchAlgorithm.name gp, which alone says what it expects; with tpe use noImprovement',
  },
  {
    name: 'an end by what is expected of several objectives together',
    spec: {
      ...objectives('eval/loss', 'cost/seconds'),
      budget: { noExpectedImprovement: { below: 0.001, trials: 5 } },
      searchAlgorithm: { name: 'gp' },
    },
    want: 'spec.budget.noExpectedImprovement: needs searchAlgorithm.objective, for what gp expects of several objectives together has no unit',
  },
  {
    name: 'an end by an improvement of nothing',
    spec: { budget: { noExpectedImprovement: { below: 0, trials: 5 } }, searchAlgorithm: { name: 'gp' } },
    want: 'spec.budget.noExpectedImprovement.below: must be > 0, got 0',
  },

  // search spaces
  {
    name: 'no kind of space',
    spec: space({}),
    want: 'spec.parameters[0].searchSpace: must be exactly one of uniform, logUniform, int, normal, logNormal, categorical, ordinal, fixed, tied, layerwise, got nothing',
  },
  {
    name: 'two kinds of space',
    spec: space({ uniform: { min: 0, max: 1 }, int: { min: 0, max: 1 } }),
    want: 'spec.parameters[0].searchSpace: must be exactly one of uniform, logUniform, int, normal, logNormal, categorical, ordinal, fixed, tied, layerwise, got ["uniform","int"]',
  },
  {
    name: 'misspelt kind of space',
    spec: space({ loguniform: { min: 1, max: 2 } }),
    want: 'spec.parameters[0].searchSpace.loguniform: is not a known field; did you mean logUniform?',
  },
  {
    name: 'min above max',
    spec: space({ uniform: { min: 2, max: 1 } }),
    want: 'spec.parameters[0].searchSpace.uniform.max: must be > min, which is 2, got 1',
  },
  {
    name: 'min equal to max',
    spec: space({ int: { min: 2, max: 2 } }),
    want: 'spec.parameters[0].searchSpace.int.max: must be > min, which is 2 (for a fixed value: fixed), got 2',
  },
  {
    name: 'step beyond the range',
    spec: space({ uniform: { min: 0, max: 1, step: 2 } }),
    want: 'spec.parameters[0].searchSpace.uniform.step: must be <= max - min, which is 1, got 2',
  },
  {
    name: 'step of nothing',
    spec: space({ logUniform: { min: 1, max: 2, step: 0 } }),
    want: 'spec.parameters[0].searchSpace.logUniform.step: must be > 0, got 0',
  },
  {
    name: 'half a step between whole numbers',
    spec: space({ int: { min: 1, max: 4, step: 0.5 } }),
    want: 'spec.parameters[0].searchSpace.int.step: must be a whole number, got 0.5',
  },
  {
    name: 'no spread',
    spec: space({ normal: { mean: 0, standardDeviation: 0 } }),
    want: 'spec.parameters[0].searchSpace.normal.standardDeviation: must be > 0, got 0',
  },
  {
    name: 'median of a logarithm at 0',
    spec: space({ logNormal: { median: 0, standardDeviation: 1 } }),
    want: 'spec.parameters[0].searchSpace.logNormal.median: must be > 0, got 0',
  },
  {
    name: 'nothing fixed',
    spec: space({ fixed: {} }),
    want: 'spec.parameters[0].searchSpace.fixed.value: must be a text, a number or a boolean, got nothing',
  },
  {
    name: 'log range at 0',
    spec: space({ logUniform: { min: 0, max: 1 } }),
    want: 'spec.parameters[0].searchSpace.logUniform.min: must be > 0, got 0',
  },
  {
    name: 'endless range',
    spec: space({ uniform: { min: 0, max: Infinity } }),
    want: 'spec.parameters[0].searchSpace.uniform.max: must be a number, got Infinity',
  },
  {
    name: 'no choices',
    spec: space({ categorical: { choices: [] } }),
    want: 'spec.parameters[0].searchSpace.categorical.choices: must be a list of length >= 1, got []',
  },
  {
    name: 'choice that is no scalar',
    spec: space({ categorical: { choices: [null] } }),
    want: 'spec.parameters[0].searchSpace.categorical.choices[0]: must be a text, a number or a boolean, got null',
  },
  {
    name: 'repeated choice',
    spec: space({ categorical: { choices: ['a', 'b', 'a'] } }),
    want: 'spec.parameters[0].searchSpace.categorical.choices[2]: must be a choice that is not there already, got "a"',
  },
  {
    name: 'repeated choice in an order',
    spec: space({ ordinal: { choices: [1, 2, 1] } }),
    want: 'spec.parameters[0].searchSpace.ordinal.choices[2]: must be a choice that is not there already, got 1',
  },
  {
    name: 'scheme without its field',
    spec: searching(layerwise({ scheme: 'prefix' })),
    want: 'spec.parameters[0].searchSpace.layerwise.frozenPrefix: must be given for scheme prefix, got nothing',
  },
  {
    name: 'scheme without a rate',
    spec: searching({ name: 'layers', searchSpace: { layerwise: { scheme: 'window' } } }),
    want: 'spec.parameters[0].searchSpace.layerwise.learningRate: must be given for scheme window, got nothing',
  },
  {
    name: 'blocks of no size',
    spec: searching(layerwise({ scheme: 'blocks' }), head),
    want: 'spec.parameters[0].searchSpace.layerwise.blockSize: must be given for scheme blocks, or blockSizes, got nothing',
  },
  {
    name: 'blocks of two sizes',
    spec: searching(layerwise({ scheme: 'blocks', blockSize: 2, blockSizes: [2, 4] }), head),
    want: 'spec.parameters[0].searchSpace.layerwise.blockSizes: says the same as blockSize; leave one of them out',
  },
  {
    name: 'empty block',
    spec: searching(layerwise({ scheme: 'blocks', blockSizes: [2, 0] }), head),
    want: 'spec.parameters[0].searchSpace.layerwise.blockSizes[1]: must be >= 1, got 0',
  },
  {
    name: 'reinitialised layers in no order',
    spec: searching(layerwise({ scheme: 'prefixReinit', frozenPrefix: { min: 0, max: 4 }, reinit: { min: 2, max: 1 } })),
    want: 'spec.parameters[0].searchSpace.layerwise.reinit.max: must be >= min, which is 2, got 1',
  },
  {
    name: 'no mode to learn in',
    spec: searching(modes({}), head),
    want: 'spec.parameters[0].searchSpace.layerwise.modes: must be at least one of bias, lora, full, got {}',
  },
  {
    name: 'unknown mode',
    spec: searching(modes({ bitfit: { min: 1e-4, max: 1e-2 } }), head),
    want: 'spec.parameters[0].searchSpace.layerwise.modes.bitfit: is not a known field; known are bias, lora, full',
  },
  {
    name: 'empty range of a mode',
    spec: searching(modes({ bias: { min: 1e-2, max: 1e-4 } }), head),
    want: 'spec.parameters[0].searchSpace.layerwise.modes.bias.max: must be > min, which is 0.01, got 0.0001',
  },
  {
    name: 'rising rates among which some are frozen',
    spec: searching(layerwise({ scheme: 'perLayer', monotone: true, frozenProbability: 0.5 }), head),
    want: 'spec.parameters[0].searchSpace.layerwise.frozenProbability: does not go with monotone; use frozenPrefix',
  },
  {
    name: 'rising rates of parts that have no order',
    spec: searching(layerwise({ scheme: 'perLayer', monotone: true, groups: 'sublayer' }), head),
    want: 'spec.parameters[0].searchSpace.layerwise.groups: does not go with monotone; use groups: layer',
  },
  {
    name: 'factor on nothing but itself',
    spec: searching(layerwise({ scheme: 'curve', groupFactor: { min: 1, max: 1 } })),
    want: 'spec.parameters[0].searchSpace.layerwise.groupFactor.max: must be > min, which is 1 (for a fixed value: fixed), got 1',
  },
  {
    name: 'blocks without a rate for the head',
    spec: searching(layerwise({ scheme: 'blocks', blockSize: 3 })),
    want: 'spec.parameters[0].searchSpace.layerwise.scheme: blocks has no rate that the head could share; add a parameter headLearningRate without activeWhen',
  },
  {
    name: 'layers with lora beside a method that knows none',
    spec: { parameters: [modes({ lora: { min: 1e-4, max: 1e-2 } }), head], ...written({ method: 'sam' }) },
    want: 'spec.parameters[0].searchSpace.layerwise.modes.lora: goes with methods full and lora alone, and trials can have sam; leave it out',
  },
  // constraints and ties
  {
    name: 'constraint of no kind',
    spec: constrained({}),
    want: 'spec.constraints[0]: must be exactly one of ordered, linear, forbidden, got nothing',
  },
  {
    name: 'constraint of two kinds',
    spec: constrained({ ordered: ['a', 'b'], forbidden: { method: 'dps' } }),
    want: 'spec.constraints[0]: must be exactly one of ordered, linear, forbidden, got ["ordered","forbidden"]',
  },
  {
    name: 'order of one',
    spec: constrained({ ordered: ['a'] }),
    want: 'spec.constraints[0].ordered: must be a list of length >= 2, got ["a"]',
  },
  {
    name: 'order that repeats itself',
    spec: constrained({ ordered: ['a', 'b', 'a'] }),
    want: 'spec.constraints[0].ordered[2]: must be a name that is not there already, got "a"',
  },
  {
    name: 'constraint on an unknown parameter',
    spec: constrained({ ordered: ['a', 'c'] }),
    want: 'spec.constraints[0].ordered[1]: c is not a parameter of this sweep; known are a, b, method',
  },
  {
    name: 'constraint on texts as numbers',
    spec: constrained({ linear: { terms: { a: 1, method: 2 }, max: 3 } }),
    want: 'spec.constraints[0].linear.terms.method: method must have numbers only, and can be "full"',
  },
  {
    name: 'sum without limits',
    spec: constrained({ linear: { terms: { a: 1 } } }),
    want: 'spec.constraints[0].linear.max: must be given, or min, got nothing',
  },
  {
    name: 'sum of nothing',
    spec: constrained({ linear: { terms: {}, max: 1 } }),
    want: 'spec.constraints[0].linear.terms: must be at least one factor, got {}',
  },
  {
    name: 'limits that cross',
    spec: constrained({ linear: { terms: { a: 1, b: 1 }, min: 2, max: 1 } }),
    want: 'spec.constraints[0].linear.max: must be >= min, which is 2, got 1',
  },
  {
    name: 'forbidden value that is none',
    spec: constrained({ forbidden: { method: 'lora' } }),
    want: 'spec.constraints[0].forbidden.method: must be a value that method can take (full, dps), got "lora"',
  },
  {
    name: 'nothing forbidden',
    spec: constrained({ forbidden: {} }),
    want: 'spec.constraints[0].forbidden: must be at least one value, got {}',
  },
  {
    name: 'constraint on a tied parameter',
    spec: { ...searching(real('a'), real('b'), tied('c', { to: 'a' })), constraints: [{ ordered: ['c', 'b'] }] },
    want: 'spec.constraints[0].ordered[0]: c is tied to a; name that',
  },
  {
    name: 'constraint on all layers at once',
    spec: { ...searching(prefix, real('b')), constraints: [{ ordered: ['layers', 'b'] }] },
    want: 'spec.constraints[0].ordered[0]: layers is a layerwise parameter; name one of its parts, such as layers.learningRate',
  },
  {
    name: 'tie to itself',
    spec: searching(tied('a', { to: 'a' })),
    want: 'spec.parameters[0].searchSpace.tied.to: a parameter cannot be tied to itself',
  },
  {
    name: 'tie to nothing',
    spec: searching(real('alpha'), tied('b', { to: 'alphaa' })),
    want: 'spec.parameters[1].searchSpace.tied.to: alphaa is not a parameter of this sweep; did you mean alpha?',
  },
  {
    name: 'tie to a tie',
    spec: searching(real('a'), tied('b', { to: 'a' }), tied('c', { to: 'b' })),
    want: 'spec.parameters[2].searchSpace.tied.to: b is tied to a; name that',
  },
  {
    name: 'a multiple of a text',
    spec: searching(method, tied('b', { to: 'method', factor: 2 })),
    want: 'spec.parameters[1].searchSpace.tied.factor: method is not a number in every trial; leave the factor out',
  },
  {
    name: 'a factor of nothing',
    spec: searching(real('a'), tied('b', { to: 'a', factor: 0 })),
    want: 'spec.parameters[1].searchSpace.tied.factor: must be > 0, got 0',
  },
  {
    name: 'head tied to what is not always there',
    spec: searching(layerwise({ scheme: 'perLayer' }), method, real('a', { method: 'dps' }), tied('headLearningRate', { to: 'a' })),
    want: 'spec.parameters[0].searchSpace.layerwise.scheme: perLayer has no rate that the head could share; add a parameter headLearningRate without activeWhen',
  },
  {
    name: 'rate of the built-in trainer tied to what is not always there',
    spec: {
      parameters: [
        { ...method, name: 'batchSize', searchSpace: { categorical: { choices: [8, 16] } } },
        real('weightDecay', { batchSize: 8 }),
        tied('learningRate', { to: 'weightDecay' }),
      ],
    },
    want: 'spec.parameters[2].searchSpace.tied.to: the built-in trainer needs a learning rate in every trial; tie to a parameter without activeWhen',
  },

  {
    name: 'field of another scheme',
    spec: searching(layerwise({ scheme: 'prefix', frozenPrefix: { min: 0, max: 6 }, decay: { min: 0.5, max: 1 } })),
    want: 'spec.parameters[0].searchSpace.layerwise.decay: does not belong to scheme prefix; leave it out',
  },
  {
    name: 'empty prefix range',
    spec: searching(layerwise({ scheme: 'prefix', frozenPrefix: { min: 4, max: 2 } })),
    want: 'spec.parameters[0].searchSpace.layerwise.frozenPrefix.max: must be >= min, which is 4, got 2',
  },
  {
    name: 'decay above 1',
    spec: searching(layerwise({ scheme: 'prefixDecay', frozenPrefix: { min: 0, max: 6 }, decay: { min: 0.5, max: 2 } })),
    want: 'spec.parameters[0].searchSpace.layerwise.decay.max: must be <= 1, got 2',
  },
  {
    name: 'always frozen',
    spec: searching(layerwise({ scheme: 'perLayer', frozenProbability: 1 }), { ...learningRate, name: 'headLearningRate' }),
    want: 'spec.parameters[0].searchSpace.layerwise.frozenProbability: must be < 1, got 1',
  },

  // parameters beside each other
  {
    name: 'duplicate name',
    spec: searching(choice('a'), choice('b'), choice('a')),
    want: 'spec.parameters[2].name: must be a name of its own (spec.parameters[0] has it), got "a"',
  },
  {
    name: 'two layerwise parameters',
    spec: searching(prefix, { ...prefix, name: 'more' }),
    want: 'spec.parameters[1].searchSpace: only one parameter can be layerwise, and layers is',
  },
  {
    name: 'name of a part of the layerwise parameter',
    spec: searching(prefix, choice('layers.decay')),
    want: 'spec.parameters[1].name: must be a name that does not begin with layers., for such are parts of spec.parameters[0], got "layers.decay"',
  },
  {
    name: 'perLayer without a rate for the head',
    spec: searching(layerwise({ scheme: 'perLayer' })),
    want: 'spec.parameters[0].searchSpace.layerwise.scheme: perLayer has no rate that the head could share; add a parameter headLearningRate without activeWhen',
  },
  {
    name: 'learning rate of 0',
    spec: searching({ name: 'headLearningRate', searchSpace: { uniform: { min: 0, max: 1 } } }),
    want: 'spec.parameters[0].searchSpace.uniform.min: must be > 0 for headLearningRate, got 0',
  },
  {
    name: 'learning rate in words',
    spec: searching({ name: 'learningRate', searchSpace: { categorical: { choices: [1e-3, 'slow'] } } }),
    want: 'spec.parameters[0].searchSpace.categorical.choices[1]: must be a number for learningRate, got "slow"',
  },

  {
    name: 'learning rate on both sides of 0',
    spec: searching({ name: 'learningRate', searchSpace: { normal: { mean: 1, standardDeviation: 1 } } }),
    want: 'spec.parameters[0].searchSpace.normal: must be > 0 for learningRate, got -7.292361075813595',
  },
  {
    name: 'learning rate of 0 among others in an order',
    spec: searching({ name: 'learningRate', searchSpace: { ordinal: { choices: [0, 1e-3] } } }),
    want: 'spec.parameters[0].searchSpace.ordinal.choices[0]: must be > 0 for learningRate, got 0',
  },

  // conditions
  {
    name: 'unknown parent',
    spec: searching(choice('method'), real('reserve', { metod: 'dps' })),
    want: 'spec.parameters[1].activeWhen.metod: is not a parameter of this sweep; did you mean method?',
  },
  {
    name: 'itself as parent',
    spec: searching(choice('method', { method: 'dps' })),
    want: 'spec.parameters[0].activeWhen.method: a parameter cannot depend on itself',
  },
  {
    name: 'choice that the parent does not have',
    spec: searching(choice('method'), real('reserve', { method: 'lora' })),
    want: 'spec.parameters[1].activeWhen.method: must be a value that method can take (full, dps), got "lora"',
  },
  {
    name: 'number outside the parent',
    spec: searching({ name: 'depth', searchSpace: { int: { min: 1, max: 3 } } }, real('reserve', { depth: 4 })),
    want: 'spec.parameters[1].activeWhen.depth: must be a value that depth can take (whole numbers from 1 to 3), got 4',
  },
  {
    name: 'number between the steps of the parent',
    spec: searching({ name: 'depth', searchSpace: { int: { min: 0, max: 6, step: 2 } } }, real('reserve', { depth: 3 })),
    want: 'spec.parameters[1].activeWhen.depth: must be a value that depth can take (whole numbers from 0 to 6 in steps of 2), got 3',
  },
  {
    name: 'other value than the fixed one',
    spec: searching({ name: 'depth', searchSpace: { fixed: { value: 3 } } }, real('reserve', { depth: 4 })),
    want: 'spec.parameters[1].activeWhen.depth: must be a value that depth can take (3), got 4',
  },
  {
    name: 'continuous parent',
    spec: searching(real('x'), real('y', { x: 0.5 })),
    want: 'spec.parameters[1].activeWhen.x: x must be categorical, ordinal, int or fixed, for others hardly ever have one certain value',
  },
  {
    name: 'cycle',
    spec: searching(choice('a', { c: 'dps' }), choice('b', { a: 'dps' }), choice('c', { b: 'dps' })),
    want: 'spec.parameters[0].activeWhen: parameters wait for each other: a -> c -> b -> a',
  },
  {
    name: 'condition on a layerwise parameter',
    spec: searching(method, { ...prefix, activeWhen: { method: 'dps' } }),
    want: 'spec.parameters[1].activeWhen: a layerwise parameter is always in use; leave activeWhen out',
  },

  // trials
  {
    name: 'pruner without what it is named after',
    spec: { pruneAlgorithm: { name: 'threshold', minResource: 50, maxResource: 450 } },
    want: 'spec.pruneAlgorithm.threshold: must be given for threshold, got nothing',
  },
  {
    name: "another pruner's field",
    spec: { pruneAlgorithm: { name: 'median', minResource: 50, maxResource: 450, percentile: 25 } },
    want: 'spec.pruneAlgorithm.percentile: does not belong to median; leave it out',
  },
  {
    name: 'percentile of nothing',
    spec: { pruneAlgorithm: { name: 'percentile', minResource: 50, maxResource: 450 } },
    want: 'spec.pruneAlgorithm.percentile: must be given for percentile, got nothing',
  },
  {
    name: 'a threshold that nothing reads',
    spec: { pruneAlgorithm: { name: 'asha', minResource: 50, maxResource: 450, threshold: 1 } },
    want: 'spec.pruneAlgorithm.threshold: does not belong to asha; leave it out',
  },
  {
    name: 'patience without end',
    spec: { pruneAlgorithm: { name: 'patience', minResource: 50, maxResource: 450 } },
    want: 'spec.pruneAlgorithm.patience: must be given for patience, got nothing',
  },
  {
    name: 'patience that nothing reads',
    spec: { pruneAlgorithm: { name: 'asha', minResource: 50, maxResource: 450, patience: 1 } },
    want: 'spec.pruneAlgorithm.patience: does not belong to asha; leave it out',
  },
  {
    name: 'constraint of two kinds that the server sees',
    spec: constrained({ ordered: ['a', 'b'], linear: { terms: { a: 1 }, min: 0 } }),
    want: 'spec.constraints[0]: must be exactly one of ordered, linear, forbidden, got ["ordered","linear"]',
  },
  {
    name: 'rising rates of which the top one may be frozen',
    spec: { parameters: [layerwise({ scheme: 'perLayer', monotone: true, topFrozenProbability: 0.5 }), head] },
    want: 'spec.parameters[0].searchSpace.layerwise.topFrozenProbability: does not go with monotone; use frozenPrefix',
  },
  {
    name: 'percentile that stops all',
    spec: { pruneAlgorithm: { name: 'percentile', minResource: 50, maxResource: 450, percentile: 0 } },
    want: 'spec.pruneAlgorithm.percentile: must be > 0, got 0',
  },
  {
    name: 'median without its first rung',
    spec: { pruneAlgorithm: { name: 'median', maxResource: 450 } },
    want: 'spec.pruneAlgorithm.minResource: must be given for median, got nothing',
  },
  {
    name: 'a probability that no curve can fall below',
    spec: { pruneAlgorithm: { name: 'curve', minResource: 50, maxResource: 450, minProbability: 0 } },
    want: 'spec.pruneAlgorithm.minProbability: must be > 0, got 0',
  },
  {
    name: 'pasha that stops',
    spec: { pruneAlgorithm: { name: 'pasha', mode: 'stop', minResource: 50, maxResource: 450 } },
    want: 'spec.pruneAlgorithm.mode: must be promote or delayedPromote for pasha, under whose ceiling trials wait, got "stop"',
  },
  {
    name: 'pasha by several objectives',
    spec: {
      objectives: [
        { metric: 'eval/accuracy', direction: 'maximize' },
        { metric: 'eval/loss', direction: 'minimize' },
      ],
      pruneAlgorithm: { name: 'pasha', by: 'nonDominatedRank', minResource: 50, maxResource: 450 },
    },
    want: 'spec.pruneAlgorithm.by: must be firstObjective for pasha, got "nonDominatedRank"',
  },
  {
    name: 'asha without its first rung',
    spec: { pruneAlgorithm: { name: 'asha', maxResource: 450 } },
    want: 'spec.pruneAlgorithm.minResource: must be given for asha, got nothing',
  },
  {
    name: 'first rung beyond the last',
    spec: { pruneAlgorithm: { name: 'asha', minResource: 450, maxResource: 450 } },
    want: 'spec.pruneAlgorithm.minResource: must be < maxResource, which is 450, got 450',
  },
  {
    name: 'nothing reduced',
    spec: { pruneAlgorithm: { name: 'asha', minResource: 50, maxResource: 450, reductionFactor: 1 } },
    want: 'spec.pruneAlgorithm.reductionFactor: must be >= 2, got 1',
  },
  { name: 'baseline twice', spec: { enqueue: ['headOnly', 'headOnly'] }, want: 'spec.enqueue[1]: must be named only once, got "headOnly"' },
  {
    name: 'baselines without layers',
    spec: { parameters: [learningRate], enqueue: ['headOnly'] },
    want: 'spec.enqueue: baselines need a layerwise parameter; add one or leave enqueue out',
  },
  {
    name: 'more enqueued than trials',
    spec: { enqueue: ['headOnly'], enqueueAssignments: [{ assignment: {} }], numTrials: 1 },
    want: 'spec.numTrials: must be >= 2, the number of enqueued trials, got 1',
  },

  // the built-in trainer
  {
    name: 'no model',
    spec: { trialTemplate: { trainer: { data: './data' } } },
    want: 'spec.trialTemplate.trainer.model: must be a path or s3://bucket/prefix, got nothing',
  },
  {
    name: 'data without a bucket',
    spec: { trialTemplate: { trainer: { ...trainer, data: 's3:///data' } } },
    want: 'spec.trialTemplate.trainer.data: must be a path or s3://bucket/prefix, got "s3:///data"',
  },
  {
    name: 'unknown setting',
    spec: { trialTemplate: { trainer: { ...trainer, batchsize: 8 } } },
    want: 'spec.trialTemplate.trainer.batchsize: is not a known field; did you mean batchSize?',
  },
  {
    name: 'setting out of range',
    spec: { trialTemplate: { trainer: { ...trainer, warmup: 2 } } },
    want: 'spec.trialTemplate.trainer.warmup: must be <= 1, got 2',
  },
  {
    name: 'unknown metric',
    spec: { objectives: [{ metric: 'eval/f1', direction: 'maximize' }] },
    want: 'spec.objectives[0].metric: must be a metric of the built-in trainer (known are eval/accuracy, eval/macro_f1, eval/mcc, eval/loss, model/trainedParameters), got "eval/f1"',
  },
  {
    name: 'unknown metric to learn from',
    spec: { searchAlgorithm: { name: 'tpe', objective: { metric: 'loss', direction: 'minimize' } } },
    want: 'spec.searchAlgorithm.objective.metric: must be a metric of the built-in trainer (did you mean eval/loss?), got "loss"',
  },
  {
    name: 'no learning rate',
    spec: { parameters: [{ name: 'warmup', searchSpace: { uniform: { min: 0, max: 0.3 } } }] },
    want: 'spec.parameters: the built-in trainer needs a layerwise parameter, or one named learningRate',
  },
  {
    name: 'two learning rates',
    spec: { parameters: [prefix, learningRate] },
    want: 'spec.parameters[1].name: learningRate is part of the layerwise parameter layers; remove one of them',
  },
  {
    name: 'learning rate that comes and goes',
    spec: {
      parameters: [
        { name: 'batchSize', searchSpace: { categorical: { choices: [8, 16] } } },
        { ...learningRate, activeWhen: { batchSize: 8 } },
      ],
    },
    want: 'spec.parameters[1].activeWhen: the built-in trainer needs a learning rate in every trial; leave activeWhen out',
  },
  {
    name: 'parameter that nothing reads',
    spec: { parameters: [prefix, choice('optimizer')] },
    want: 'spec.parameters[1].name: optimizer is not read by the built-in trainer, which reads learningRate, headLearningRate, method, trainExamples, batchSize, maxLength, dropout, weightDecay, warmup, clipNorm, settings of methods such as dps.reserve, and one layerwise parameter; for others set trialTemplate.command',
  },
  {
    name: 'setting that no method has',
    spec: { parameters: [prefix, method, real('dps.reserved', { method: 'dps' })] },
    want: 'spec.parameters[2].name: dps.reserved is not read by the built-in trainer, which reads learningRate, headLearningRate, method, trainExamples, batchSize, maxLength, dropout, weightDecay, warmup, clipNorm, settings of methods such as dps.reserve, and one layerwise parameter; for others set trialTemplate.command',
  },
  {
    name: 'method that is not there',
    spec: { parameters: [prefix, { ...method, searchSpace: { categorical: { choices: ['full', 'dsp'] } } }] },
    want: `spec.parameters[1].searchSpace.categorical.choices[1]: must be one of ${methodNames.join(', ')} for method, got "dsp"`,
  },
  {
    name: 'setting of a method that no trial has',
    spec: { parameters: [prefix, method, { name: 'mixout.rate', searchSpace: { uniform: { min: 0.1, max: 0.9 } } }] },
    want: 'spec.parameters[2].name: no trial has method mixout; name it in trainer.method or in a parameter named method',
  },
  {
    name: 'setting of one method that all methods would have',
    spec: { parameters: [prefix, method, { name: 'dps.reserve', searchSpace: { uniform: { min: 0.1, max: 0.9 } } }] },
    want: 'spec.parameters[2].activeWhen: must be {method: dps}, for no other method reads dps.reserve, got nothing',
  },
  {
    name: 'setting of a method beyond its range',
    spec: { parameters: [prefix, method, real('dps.reserve', { method: 'dps' })] },
    want: 'spec.parameters[2].searchSpace.uniform.min: must be > 0 for dps.reserve, got 0\nspec.parameters[2].searchSpace.uniform.max: must be < 1 for dps.reserve, got 1',
  },
  {
    name: 'baselines where no trial has their method',
    spec: { ...written({ method: 'mixout' }), enqueue: ['headOnly'] },
    want: 'spec.enqueue: baselines have method full, and no trial can have it; search method among full and others, or leave them out',
  },
  {
    name: 'block of a method that no trial has',
    spec: written({ sam: { rho: 0.1 } }),
    want: 'spec.trialTemplate.trainer.sam: no trial has method sam; leave it out',
  },
  {
    name: 'wrong setting in the block of a method',
    spec: written({ method: 'sam', sam: { rho: 0 } }),
    want: 'spec.trialTemplate.trainer.sam.rho: must be > 0, got 0',
  },
  {
    name: 'setting by layer without one for the others',
    spec: written({ method: 'mixout', mixout: { rate: { 3: 0.5 } } }),
    want: 'spec.trialTemplate.trainer.mixout.rate: must be a number >= 0 and < 1, or a mapping with such numbers for others and for some encoder layers and the head, as {others: …, 2: …}, got {"3":0.5}',
  },
  {
    name: 'setting of a layer beyond its range',
    spec: {
      parameters: [prefix, { name: 'mixout.rate.3', searchSpace: { uniform: { min: 0, max: 2 } } }],
      ...written({ method: 'mixout' }),
    },
    want: 'spec.parameters[1].searchSpace.uniform.max: must be < 1 for mixout.rate.3, got 2',
  },
  {
    name: 'method with heads of its own where there is pooling',
    spec: written({ method: 'levi', pooling: 'mean' }),
    want: 'spec.trialTemplate.trainer.method: levi does not go with pooling mean: it has heads of its own, which see means of tokens',
  },
  {
    name: 'method for labels where there are numbers',
    spec: { ...written({ method: 'rdrop', task: 'regression' }), ...objectives('eval/loss') },
    want: 'spec.trialTemplate.trainer.method: rdrop does not go with task regression: it compares predictions of labels',
  },
  {
    name: 'method that lives on dropout where there is none',
    spec: written({ method: 'rdrop', dropout: 0 }),
    want: 'spec.trialTemplate.trainer.method: rdrop does not go with dropout 0: its two passes differ by dropout alone',
  },
  {
    name: 'the same where a search may come to it',
    spec: {
      parameters: [
        prefix,
        { name: 'method', searchSpace: { categorical: { choices: ['full', 'rdrop'] } } },
        { name: 'dropout', searchSpace: { ordinal: { choices: [0, 0.1] } } },
      ],
    },
    want: 'spec.parameters[1].searchSpace: rdrop does not go with dropout 0: its two passes differ by dropout alone',
  },
  {
    name: 'parameter beyond the setting it stands for',
    spec: { parameters: [prefix, { name: 'warmup', searchSpace: { uniform: { min: 0, max: 2 } } }] },
    want: 'spec.parameters[1].searchSpace.uniform.max: must be <= 1 for warmup, got 2',
  },
  {
    name: 'fixed value beyond the setting it stands for',
    spec: { parameters: [prefix, { name: 'batchSize', searchSpace: { fixed: { value: 0 } } }] },
    want: 'spec.parameters[1].searchSpace.fixed.value: must be >= 1 for batchSize, got 0',
  },
  {
    name: 'real numbers for a count',
    spec: { parameters: [prefix, { name: 'batchSize', searchSpace: { uniform: { min: 8, max: 16 } } }] },
    want: 'spec.parameters[1].searchSpace.uniform: must be a whole number for batchSize, got 10.546479089470326',
  },
];
