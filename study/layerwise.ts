import type { Dimension, Domain } from './dimension.ts';
import type { Layerwise } from './spec/parameter-schema.ts';
import type { Assignment } from './trial.ts';

/** What the search must know of the model: read from its `config.json` when the sweep is submitted. */
export interface ModelShape {
  /** Encoder layers, embeddings and head not counted. */
  readonly layers: number;
}

const defaultFrozenProbability = 0.5;

/** Names of the numbers that stand for a layerwise parameter. `layer` is `embeddings` or a number from 0 at the bottom. */
export const layerwiseName = {
  frozenPrefix: (parameter: string) => `${parameter}.frozenPrefix`,
  learningRate: (parameter: string) => `${parameter}.learningRate`,
  decay: (parameter: string) => `${parameter}.decay`,
  layer: (parameter: string, layer: string) => `${parameter}.${layer}`,
};

/** Embeddings first, then the encoder's layers from the bottom: `embeddings`, `0` … `L-1`. */
export const encoderLayers = ({ layers }: ModelShape): readonly string[] => [
  'embeddings',
  ...Array.from({ length: layers }, (_, l) => `${l}`),
];

/** The low-dimensional form in which a layerwise parameter is searched. Its scheme's fields were checked with the spec. */
export function layerwiseDimensions(name: string, layerwise: Layerwise, model: ModelShape | undefined): readonly Dimension[] {
  const { scheme, learningRate, frozenPrefix, decay } = layerwise;
  const prefix = [
    always(layerwiseName.frozenPrefix(name), { kind: 'int', ...frozenPrefix! }),
    always(layerwiseName.learningRate(name), { kind: 'logUniform', ...learningRate }),
  ];
  switch (scheme) {
    case 'prefix':
      return prefix;
    case 'prefixDecay':
      return [...prefix, always(layerwiseName.decay(name), { kind: 'uniform', ...decay! })];
    case 'perLayer':
      if (model === undefined) throw new RangeError(`parameter ${name}: scheme perLayer needs the number of the model's layers`);
      return [...(frozenPrefix === undefined ? [] : prefix.slice(0, 1)), ...ratePerLayer(name, layerwise, encoderLayers(model))];
  }
}

/** Where a prefix says what is frozen, the other layers learn, unless they were given a share of their own. */
function ratePerLayer(
  name: string,
  { learningRate, frozenPrefix, frozenProbability }: Layerwise,
  layers: readonly string[],
): readonly Dimension[] {
  const domain: Domain =
    frozenPrefix !== undefined && frozenProbability === undefined
      ? { kind: 'logUniform', ...learningRate }
      : { kind: 'frozenOrRate', ...learningRate, frozenProbability: frozenProbability ?? defaultFrozenProbability };
  return layers.map((layer, index) => ({
    ...always(layerwiseName.layer(name, layer), domain),
    layer: { of: name, index, count: layers.length },
  }));
}

/** Whether the dimension's value makes a difference: a layer in a frozen prefix is frozen whatever its rate. */
export function hasEffect({ layer }: Dimension, assignment: Assignment): boolean {
  const prefix = layer && assignment[layerwiseName.frozenPrefix(layer.of)];
  return typeof prefix !== 'number' || prefix === 0 || layer!.index > prefix; // a prefix of 0 leaves the embeddings alone too
}

const always = (name: string, domain: Domain): Dimension => ({ name, domain, activeWhen: {} });
