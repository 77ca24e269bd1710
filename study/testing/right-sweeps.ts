/** Specs that are fine, between them with every field that a rule is about. Fields that differ from those of `writtenSweep`. */
type Spec = Readonly<Record<string, unknown>>;

const own = { command: ['./train'], trainer: { anything: [1, 'x', { deep: true }] } };
const range = { min: 1e-5, max: 1e-3 };
const layers = { min: 0, max: 6 };
const head = { name: 'headLearningRate', searchSpace: { logUniform: { min: 1e-4, max: 1e-2 } } };
const layerwise = (fields: object) => ({ parameters: [{ name: 'layers', searchSpace: { layerwise: fields } }, head] });
const pruning = (fields: object) => ({ pruneAlgorithm: { minResource: 50, maxResource: 450, ...fields } });
const searching = (...parameters: readonly object[]) => ({ trialTemplate: own, parameters });

export const rightSweeps: Readonly<Record<string, Spec>> = {
  'as small as can be': {},
  'prefix scheme': layerwise({ scheme: 'prefix', learningRate: range, frozenPrefix: layers, groupFactor: { min: 0.5, max: 2 } }),
  'prefix that is held still': layerwise({ scheme: 'prefix', learningRate: range, frozenPrefix: { min: 3, max: 3 } }),
  'prefixReinit scheme': layerwise({ scheme: 'prefixReinit', learningRate: range, frozenPrefix: layers, reinit: { min: 0, max: 2 } }),
  'window scheme': layerwise({ scheme: 'window', learningRate: range }),
  'blocks scheme': layerwise({ scheme: 'blocks', learningRate: range, blockSize: 2, monotone: true }),
  'blocks of several sizes': layerwise({ scheme: 'blocks', learningRate: range, blockSizes: [2, 4], frozenProbability: 0.5 }),
  'curve scheme': layerwise({ scheme: 'curve', learningRate: range, frozenPrefix: layers }),
  'perLayer scheme': layerwise({ scheme: 'perLayer', learningRate: range, groups: 'layer', monotone: true }),
  'mask scheme': layerwise({ scheme: 'mask', learningRate: range, groups: 'sublayer', frozenProbability: 0.3, topFrozenProbability: 0.1 }),
  'modes scheme': layerwise({ scheme: 'modes', blockSize: 3, modes: { bias: range, full: range } }),
  'every other kind of search space': searching(
    { name: 'uniform', searchSpace: { uniform: { min: -1, max: 1, step: 0.5 } } },
    { name: 'logUniform', searchSpace: { logUniform: range } },
    { name: 'int', searchSpace: { int: { min: 1, max: 9, step: 2 } } },
    { name: 'normal', searchSpace: { normal: { mean: 0, standardDeviation: 1 } } },
    { name: 'logNormal', searchSpace: { logNormal: { median: 1, standardDeviation: 1 } } },
    { name: 'categorical', searchSpace: { categorical: { choices: ['text', 1, 0.5, true] } } },
    { name: 'ordinal', searchSpace: { ordinal: { choices: [1, 2, 4] } }, activeWhen: { categorical: true } },
    { name: 'fixed', searchSpace: { fixed: { value: 0.5 } } },
    { name: 'tied', searchSpace: { tied: { to: 'uniform', factor: 2 } } },
  ),
  constraints: {
    ...searching(
      { name: 'a', searchSpace: { uniform: { min: 0, max: 1 } } },
      { name: 'b', searchSpace: { uniform: { min: 0, max: 1 } } },
      { name: 'c', searchSpace: { categorical: { choices: ['x', 'y'] } } },
    ),
    constraints: [
      { ordered: ['a', 'b'] },
      { linear: { terms: { a: 1, b: -1 }, min: 0 } },
      { linear: { terms: { a: 1 }, min: 0, max: 0 } },
      { forbidden: { c: 'x' }, because: 'it failed last night' },
    ],
  },
  'several objectives': {
    objectives: [
      { metric: 'eval/accuracy', direction: 'maximize', goal: 0.9 },
      { metric: 'cost/gpuSeconds', direction: 'minimize' },
    ],
    searchAlgorithm: { name: 'nsga2' },
    ...pruning({ name: 'asha', by: 'nonDominatedRank' }),
    numTrials: 10_000,
  },
  'an end by what gp expects': { searchAlgorithm: { name: 'gp' }, budget: { noExpectedImprovement: { below: 0.002, trials: 8 } } },
  'the same of one objective among several': {
    objectives: [
      { metric: 'eval/accuracy', direction: 'maximize' },
      { metric: 'cost/gpuSeconds', direction: 'minimize' },
    ],
    searchAlgorithm: { name: 'gp', objective: { metric: 'eval/accuracy', direction: 'maximize' } },
    budget: { noExpectedImprovement: { below: 0.002, trials: 8 } },
  },
  'pasha pruner': pruning({ name: 'pasha', mode: 'delayedPromote' }),
  'percentile pruner': pruning({ name: 'percentile', percentile: 25 }),
  'threshold pruner': pruning({ name: 'threshold', threshold: 0.2 }),
  'patience pruner': pruning({ name: 'patience', patience: 2 }),
  'no pruner': { pruneAlgorithm: { name: 'none', maxResource: 450 } },
  enqueued: {
    enqueue: ['fullFineTuning', 'headOnly', 'freezeOnly:embeddings', 'freezeOnly:3'],
    enqueueAssignments: [
      {
        assignment: { 'layers.frozenPrefix': 3, 'layers.learningRate': 1e-4, 'layers.decay': 0.9, headLearningRate: 1e-3 },
        from: { sweep: 'research.small.1f3a9c2e', trial: 7 },
        because: 'it was the best of last night',
      },
    ],
    numTrials: 5,
  },
  'all that a cluster reads': {
    suspend: true,
    study: 'small',
    parallelTrials: 1000,
    budget: { duration: '1h30m', gpuHours: 0.5, cost: { max: 1, pricePerGpuHour: 2 }, noImprovement: { trials: 3 } },
    trialTemplate: {
      trainer: { model: 's3://models/minilm-l6', data: 's3://data/sections', device: 'gpu' },
      image: 'registry.example.com/permafrost-trainer:0.1',
      resources: { limits: { 'nvidia.com/gpu': 1, memory: '8Gi' }, requests: { cpu: '500m' } },
      podTemplate: {
        metadata: { labels: { team: 'search' }, annotations: { note: 'x' } },
        spec: { tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }], nodeSelector: { pool: 'gpu' }, hostNetwork: null },
      },
      queueName: 'research',
      priorityClassNames: ['low', 'high'],
      serviceAccountName: 'trials',
      activeDeadlineSeconds: 7200,
      s3: { secretName: 'keys', endpoint: 'https://s3.example.com', region: 'eu-central-1', caConfigMapName: 'our-ca' },
      lingerSeconds: 0,
    },
  },
};
