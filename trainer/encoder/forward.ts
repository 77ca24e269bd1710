/** An encoder with its head as a function of their weights. Activations are (batch · time, hidden). */
import { attention } from '../kernels/attention.ts';
import { dropout, type Noise } from '../kernels/dropout.ts';
import { gelu } from '../kernels/gelu.ts';
import { layerNorm } from '../kernels/layer-norm.ts';
import { linear } from '../kernels/linear.ts';
import { tf } from '../native/tensorflow.ts';
import type { TokenBatch } from './batch.ts';
import type { EncoderConfig } from './config.ts';

/** A weight by the name that `parameters.ts` gives it. */
export type Weights = (name: string) => tf.Tensor;
/** The noise of the next place in the forward pass where there is dropout. */
export type NoiseSource = (rate: number) => Noise;

export interface AttentionScope {
  readonly size: number;
  /** (size, 1, 1, time) */
  readonly mask: tf.Tensor;
}

export const noNoise: NoiseSource = () => ({ rate: 0, seed: [0, 0] });

/** Most places with dropout in one forward pass: three per layer and three more. */
const placesPerStep = 1024;

export function noiseOfStep(seed: number, step: number): NoiseSource {
  let place = 0;
  return (rate) => {
    place += 1;
    return { rate, seed: [seed, step * placesPerStep + place] };
  };
}

/** @param words - (distinct words, width of the embeddings): the rows of the word table that the batch uses */
export function embed(config: EncoderConfig, weights: Weights, words: tf.Tensor, batch: TokenBatch, noise: NoiseSource): tf.Tensor {
  const { size, time, wordIndex } = batch;
  const width = config.embeddingWidth;
  const word = tf.gather(words, tf.tensor1d(wordIndex, 'int32')); // (size · time, width)
  const typed = tf.reshape(withTypes(config, weights, word, batch), [size, time, width]);
  const position = tf.slice(weights('embeddings.position'), [config.firstPosition, 0], [time, width]);
  const flat = tf.reshape(tf.add(typed, position), [size * time, width]);
  const embedded = dropout(normalised(config, weights, 'embeddings.norm', flat), noise(config.hiddenDropout));
  return width === config.hidden ? embedded : mapped(weights, 'embeddings.project', embedded);
}

function withTypes({ family, embeddingWidth }: EncoderConfig, weights: Weights, word: tf.Tensor, { types }: TokenBatch): tf.Tensor {
  switch (family.tokenTypes) {
    case 'none':
      return word;
    case 'allFirst':
      return tf.add(word, tf.slice(weights('embeddings.token_type'), [0, 0], [1, embeddingWidth]));
    case 'ofText':
      return tf.add(word, tf.gather(weights('embeddings.token_type'), tf.tensor1d(types, 'int32')));
  }
}

/**
 * The encoder layers `from` up to, not including, `to`.
 * The classifier reads only the first position of the last layer, so only that one asks there: the result is (size, hidden) if `to` is the
 * number of layers, and (size · time, hidden) otherwise.
 */
export function encode(
  config: EncoderConfig,
  weights: Weights,
  x: tf.Tensor,
  [from, to]: readonly [number, number],
  scope: AttentionScope,
  noise: NoiseSource,
): tf.Tensor {
  let hidden = x;
  for (let layer = from; layer < to; layer += 1) {
    const asking = layer === config.layers - 1 ? firstPositions(hidden, scope.size) : hidden;
    hidden = encoderLayer(config, weights, String(layer), hidden, asking, scope, noise);
  }
  return hidden;
}

function encoderLayer(
  config: EncoderConfig,
  weights: Weights,
  layer: string,
  x: tf.Tensor,
  asking: tf.Tensor,
  { size, mask }: AttentionScope,
  noise: NoiseSource,
): tf.Tensor {
  const map = (name: string, input: tf.Tensor) => mapped(weights, `${layer}.${name}`, input);
  const heard = attention(
    { query: map('query', asking), keyValue: map('keyValue', x), mask },
    { batch: size, heads: config.heads, ...noise(config.attentionDropout) },
  );
  const attended = tf.add(dropout(map('attended', heard), noise(config.attendedDropout)), asking);
  const middle = normalised(config, weights, `${layer}.attended.norm`, attended);
  const narrow = tf.add(dropout(map('narrow', gelu({ x: map('widen', middle) })), noise(config.hiddenDropout)), middle);
  return normalised(config, weights, `${layer}.narrow.norm`, narrow);
}

/** (size · time, hidden) → (size, hidden): the classifier's position of each text. */
function firstPositions(x: tf.Tensor, size: number): tf.Tensor {
  const hidden = x.shape[1]!; // rank 2
  const texts = tf.reshape(x, [size, -1, hidden]);
  return tf.reshape(tf.slice(texts, [0, 0, 0], [size, 1, hidden]), [size, hidden]);
}

const activations = { tanh: tf.tanh<tf.Tensor>, relu: tf.relu<tf.Tensor>, gelu: (x: tf.Tensor) => gelu({ x }) } as const;

/** (size, hidden) → (size, labels): pooler, then classifier. */
export function classify(config: EncoderConfig, weights: Weights, first: tf.Tensor, noise: NoiseSource): tf.Tensor {
  const { activation, dropsInput } = config.family.head;
  const drop = (x: tf.Tensor) => dropout(x, noise(config.headDropout));
  const pooled = activations[activation](mapped(weights, 'pooler', dropsInput ? drop(first) : first));
  return mapped(weights, 'classifier', drop(pooled));
}

function mapped(weights: Weights, name: string, x: tf.Tensor): tf.Tensor {
  return linear({ x, weight: weights(`${name}.weight`), bias: weights(`${name}.bias`) });
}

function normalised({ layerNormEpsilon: epsilon }: EncoderConfig, weights: Weights, name: string, x: tf.Tensor): tf.Tensor {
  return layerNorm({ x, weight: weights(`${name}.weight`), bias: weights(`${name}.bias`) }, { epsilon });
}
