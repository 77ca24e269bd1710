import { parseSweep, type Sweep } from '../spec.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A sweep as a person might write it, with some fields of its spec replaced; undefined takes a field away. */
export function writtenSweep(spec: Fields = {}) {
  const written = { ...smallSweep, ...spec };
  return {
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'Sweep',
    metadata: { name: 'small' },
    spec: Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)),
  };
}

/** The same, checked and with its defaults: `aSweep({ numTrials: 3 })`. */
export const aSweep = (spec: Fields = {}): Sweep => parseSweep(writtenSweep(spec));

const smallSweep: Fields = {
  objectives: [{ metric: 'eval/accuracy', direction: 'maximize' }],
  parameters: [
    {
      name: 'layers',
      searchSpace: {
        layerwise: {
          scheme: 'prefixDecay',
          frozenPrefix: { min: 0, max: 6 },
          learningRate: { min: 1e-5, max: 1e-3 },
          decay: { min: 0.6, max: 1 },
        },
      },
    },
    { name: 'headLearningRate', searchSpace: { logUniform: { min: 1e-4, max: 1e-2 } } },
  ],
  searchAlgorithm: { name: 'random', seed: 7 },
  pruneAlgorithm: { name: 'asha', minResource: 50, maxResource: 450 },
  numTrials: 8,
  trialTemplate: { trainer: { model: 's3://models/minilm-l6', data: 's3://data/sections' } },
  results: { uri: 's3://sweeps/local' },
};
