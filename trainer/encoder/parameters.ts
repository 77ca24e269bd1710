/** The weights of a classifier on an encoder: what they are called here, where they lie in Hugging Face files, and how they are trained. */
import type { Sublayer } from '../../study/trial.ts';
import type { EncoderConfig } from './config.ts';
import type { Family } from './family.ts';

/** A tensor in a Hugging Face file. Linear weights are stored (out, in) there and used (in, out) here. */
export interface StoredPart {
  readonly name: string;
  /** In front of the names of the encoder's tensors, with its dot. Files of an encoder alone leave it out. */
  readonly prefix: string;
  readonly layout: 'same' | 'transposed';
}

export interface Parameter {
  readonly name: string;
  /** The layer of the layer configuration that it belongs to: `embeddings`, `0` … `L-1`, `head`. */
  readonly layer: string;
  /** Where it stands in an encoder layer. Absent in embeddings and head. */
  readonly part?: Sublayer;
  readonly shape: readonly number[];
  /** What a layer multiplies with, adds, or scales normalised values by; `lowRank`: a factor of what is added to a weight. */
  readonly kind: 'weight' | 'bias' | 'scale' | 'lowRank';
  /** One tensor, or several that are kept side by side along the last axis, so that one product serves them all. */
  readonly stored: readonly StoredPart[];
  /** Where its first value comes from: the model's file, noise of our own (biases: zeros), the file if it is there, or zeros whatever it is. */
  readonly start: 'stored' | 'fresh' | 'storedOrFresh' | 'zeros';
  /** Of fresh noise, where it is not the model's. */
  readonly deviation?: number;
}

/** Bottom to top, as in a layer configuration. */
export function layerNames(config: EncoderConfig): readonly string[] {
  return ['embeddings', ...Array.from({ length: config.layers }, (_, layer) => String(layer)), 'head'];
}

/** What makes one vector of a text: see `trainer.pooling`. */
export type Pooling = 'pooler' | 'first' | 'mean' | 'scalarMix';

export interface HeadShape {
  /** Numbers that it gives for each text. */
  readonly outputs: number;
  readonly pooling: Pooling;
}

/** All weights of the model with its head. Stored names are those of its class in `transformers`. */
export function modelParameters(config: EncoderConfig, { outputs, pooling }: HeadShape): readonly Parameter[] {
  const layers = Array.from({ length: config.layers }, (_, layer) => encoderLayer(config, String(layer)));
  return [...embeddings(config), ...layers.flat(), ...head(config, outputs, pooling)];
}

function embeddings({ family, vocabulary, positions, tokenTypes, hidden, embeddingWidth }: EncoderConfig): Parameter[] {
  const stored = `${family.prefix}.embeddings`;
  const table = (name: string, rows: number): Parameter => ({
    name: `embeddings.${name}`,
    layer: 'embeddings',
    shape: [rows, embeddingWidth],
    kind: 'weight',
    stored: [storedPart(family, `${stored}.${name}_embeddings.weight`, 'same')],
    start: 'stored',
  });
  const { prefix, projection } = family;
  return [
    table('word', vocabulary),
    table('position', positions),
    ...(tokenTypes === 0 ? [] : [table('token_type', tokenTypes)]),
    ...norm(family, 'embeddings', 'embeddings.norm', `${stored}.LayerNorm`, embeddingWidth),
    ...(projection === undefined || embeddingWidth === hidden
      ? []
      : linear(family, 'embeddings', 'embeddings.project', [`${prefix}.${projection.tensor}`], embeddingWidth, hidden)),
  ];
}

function encoderLayer({ family, hidden, intermediate }: EncoderConfig, layer: string): Parameter[] {
  const { query, key, value, attended, attendedNorm, widen, narrow, narrowNorm } = family.layer;
  const stored = (name: string) => `${family.prefix}.${family.layers}.${layer}.${name}`;
  const map = (name: string, parts: readonly string[], from: number, to: number) =>
    linear(family, layer, `${layer}.${name}`, parts.map(stored), from, to);
  return [
    ...partOf('attention', map('query', [query], hidden, hidden)),
    ...partOf('attention', map('keyValue', [key, value], hidden, 2 * hidden)),
    ...partOf('attention', map('attended', [attended], hidden, hidden)),
    ...partOf('norm', norm(family, layer, `${layer}.attended.norm`, stored(attendedNorm), hidden)),
    ...partOf('feedForward', map('widen', [widen], hidden, intermediate)),
    ...partOf('feedForward', map('narrow', [narrow], intermediate, hidden)),
    ...partOf('norm', norm(family, layer, `${layer}.narrow.norm`, stored(narrowNorm), hidden)),
  ];
}

const partOf = (part: Sublayer, parameters: readonly Parameter[]): readonly Parameter[] =>
  parameters.map((parameter) => ({ ...parameter, part }));

/** The pooler is part of the head: encoders often come without a trained one. The classifier is always new: its labels are the data's. */
function head({ family, hidden, layers }: EncoderConfig, outputs: number, pooling: Pooling): Parameter[] {
  const { pooler, classifier } = family.head;
  const starting = (start: Parameter['start']) => (parameter: Parameter) => ({ ...parameter, start });
  const pooled = pooling === 'pooler' ? linear(family, 'head', 'pooler', [pooler], hidden, hidden).map(starting('storedOrFresh')) : [];
  const mixed = pooling === 'scalarMix' ? mix(family, layers + 1) : [];
  return [...pooled, ...mixed, ...linear(family, 'head', 'classifier', [classifier], hidden, outputs).map(starting('fresh'))];
}

/** Of the embeddings and all layers: begins as their plain mean. */
function mix(family: Family, count: number): Parameter[] {
  const vector = (name: string, shape: readonly number[], kind: 'scale' | 'bias'): Parameter => ({
    name: `mix.${name}`,
    layer: 'head',
    shape,
    kind,
    stored: [storedPart(family, `scalar_mix.${name}`, 'same')],
    start: 'fresh',
  });
  return [vector('weights', [count], 'bias'), vector('scale', [1], 'scale')];
}

function linear(family: Family, layer: string, name: string, stored: readonly string[], from: number, to: number): Parameter[] {
  const parts = (kind: 'weight' | 'bias', layout: StoredPart['layout']) =>
    stored.map((part) => storedPart(family, `${part}.${kind}`, layout));
  return [
    { name: `${name}.weight`, layer, shape: [from, to], kind: 'weight', stored: parts('weight', 'transposed'), start: 'stored' },
    { name: `${name}.bias`, layer, shape: [to], kind: 'bias', stored: parts('bias', 'same'), start: 'stored' },
  ];
}

function norm(family: Family, layer: string, name: string, stored: string, size: number): Parameter[] {
  const vector = (storedAs: 'weight' | 'bias', kind: 'scale' | 'bias'): Parameter => ({
    name: `${name}.${storedAs}`,
    layer,
    shape: [size],
    kind,
    stored: [storedPart(family, `${stored}.${storedAs}`, 'same')],
    start: 'stored',
  });
  return [vector('weight', 'scale'), vector('bias', 'bias')];
}

function storedPart({ prefix }: Family, name: string, layout: StoredPart['layout']): StoredPart {
  return { name, prefix: `${prefix}.`, layout };
}
