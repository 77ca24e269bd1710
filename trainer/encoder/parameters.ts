/** The weights of a BERT classifier: what they are called here, where they lie in Hugging Face files, and how they are trained. */
import type { EncoderConfig } from './config.ts';

/** A tensor in a Hugging Face file. Linear weights are stored (out, in) there and used (in, out) here. */
export interface StoredPart {
  readonly name: string;
  readonly layout: 'same' | 'transposed';
}

export interface Parameter {
  readonly name: string;
  /** The layer of the layer configuration that it belongs to: `embeddings`, `0` … `L-1`, `head`. */
  readonly layer: string;
  readonly shape: readonly number[];
  /** Biases and LayerNorm are not decayed: pulling them to zero would not make the model simpler. */
  readonly decays: boolean;
  /** One tensor, or several that are kept side by side along the last axis, so that one product serves them all. */
  readonly stored: readonly StoredPart[];
  /** Where its first value comes from: the model's file, noise of our own (biases: zeros), or the file if it is there. */
  readonly start: 'stored' | 'fresh' | 'storedOrFresh';
}

/** Bottom to top, as in a layer configuration. */
export function layerNames(config: EncoderConfig): readonly string[] {
  return ['embeddings', ...Array.from({ length: config.layers }, (_, layer) => String(layer)), 'head'];
}

/** All weights of the model with a classifier over so many labels. Names are those of `BertForSequenceClassification`. */
export function bertParameters(config: EncoderConfig, labels: number): readonly Parameter[] {
  const layers = Array.from({ length: config.layers }, (_, layer) => encoderLayer(config, String(layer)));
  return [...embeddings(config), ...layers.flat(), ...head(config, labels)];
}

function embeddings({ vocabulary, positions, tokenTypes, hidden }: EncoderConfig): Parameter[] {
  const table = (name: string, rows: number): Parameter => ({
    name: `embeddings.${name}`,
    layer: 'embeddings',
    shape: [rows, hidden],
    decays: true,
    stored: [{ name: `bert.embeddings.${name}_embeddings.weight`, layout: 'same' }],
    start: 'stored',
  });
  return [
    table('word', vocabulary),
    table('position', positions),
    table('token_type', tokenTypes),
    ...norm('embeddings', 'embeddings.norm', 'bert.embeddings.LayerNorm', hidden),
  ];
}

function encoderLayer({ hidden, intermediate }: EncoderConfig, layer: string): Parameter[] {
  const stored = `bert.encoder.layer.${layer}`;
  const map = (name: string, parts: readonly string[], from: number, to: number) =>
    linear(
      layer,
      `${layer}.${name}`,
      parts.map((part) => `${stored}.${part}`),
      from,
      to,
    );
  return [
    ...map('query', ['attention.self.query'], hidden, hidden),
    ...map('keyValue', ['attention.self.key', 'attention.self.value'], hidden, 2 * hidden),
    ...map('attended', ['attention.output.dense'], hidden, hidden),
    ...norm(layer, `${layer}.attended.norm`, `${stored}.attention.output.LayerNorm`, hidden),
    ...map('widen', ['intermediate.dense'], hidden, intermediate),
    ...map('narrow', ['output.dense'], intermediate, hidden),
    ...norm(layer, `${layer}.narrow.norm`, `${stored}.output.LayerNorm`, hidden),
  ];
}

/** The pooler is part of the head: sentence encoders often come without a trained one. The classifier is always new: its labels are the data's. */
function head({ hidden }: EncoderConfig, labels: number): Parameter[] {
  return [
    ...linear('head', 'pooler', ['bert.pooler.dense'], hidden, hidden).map((parameter) => ({
      ...parameter,
      start: 'storedOrFresh' as const,
    })),
    ...linear('head', 'classifier', ['classifier'], hidden, labels).map((parameter) => ({ ...parameter, start: 'fresh' as const })),
  ];
}

function linear(layer: string, name: string, stored: readonly string[], from: number, to: number): Parameter[] {
  const parts = (kind: 'weight' | 'bias', layout: StoredPart['layout']) => stored.map((part) => ({ name: `${part}.${kind}`, layout }));
  return [
    { name: `${name}.weight`, layer, shape: [from, to], decays: true, stored: parts('weight', 'transposed'), start: 'stored' },
    { name: `${name}.bias`, layer, shape: [to], decays: false, stored: parts('bias', 'same'), start: 'stored' },
  ];
}

function norm(layer: string, name: string, stored: string, size: number): Parameter[] {
  const vector = (kind: 'weight' | 'bias'): Parameter => ({
    name: `${name}.${kind}`,
    layer,
    shape: [size],
    decays: false,
    stored: [{ name: `${stored}.${kind}`, layout: 'same' }],
    start: 'stored',
  });
  return [vector('weight'), vector('bias')];
}
