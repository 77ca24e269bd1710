/** BERT as a function of its weights. Source: Devlin et al., NAACL 2019, arXiv:1810.04805. Activations are (batch · time, hidden). */
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

/** Most places with dropout in one forward pass: three per layer and two more. */
const placesPerStep = 1024;

export function noiseOfStep(seed: number, step: number): NoiseSource {
  let place = 0;
  return (rate) => {
    place += 1;
    return { rate, seed: [seed, step * placesPerStep + place] };
  };
}

/** @param words - (distinct words, hidden): the rows of the word table that the batch uses */
export function embed(config: EncoderConfig, weights: Weights, words: tf.Tensor, batch: TokenBatch, noise: NoiseSource): tf.Tensor {
  const { size, time, wordIndex, types } = batch;
  const word = tf.gather(words, tf.tensor1d(wordIndex, 'int32')); // (size · time, hidden)
  const type = tf.gather(weights('embeddings.token_type'), tf.tensor1d(types, 'int32'));
  const position = tf.slice(weights('embeddings.position'), [0, 0], [time, config.hidden]); // (time, hidden)
  const sum = tf.add(tf.reshape(tf.add(word, type), [size, time, config.hidden]), position);
  const flat = tf.reshape(sum, [size * time, config.hidden]);
  return dropout(normalised(config, weights, 'embeddings.norm', flat), noise(config.hiddenDropout));
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
  const attended = tf.add(dropout(map('attended', heard), noise(config.hiddenDropout)), asking);
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

/** (size, hidden) → (size, labels): pooler, then classifier. */
export function classify(config: EncoderConfig, weights: Weights, first: tf.Tensor, noise: NoiseSource): tf.Tensor {
  const pooled = tf.tanh(mapped(weights, 'pooler', first));
  return mapped(weights, 'classifier', dropout(pooled, noise(config.hiddenDropout)));
}

function mapped(weights: Weights, name: string, x: tf.Tensor): tf.Tensor {
  return linear({ x, weight: weights(`${name}.weight`), bias: weights(`${name}.bias`) });
}

function normalised({ layerNormEpsilon: epsilon }: EncoderConfig, weights: Weights, name: string, x: tf.Tensor): tf.Tensor {
  return layerNorm({ x, weight: weights(`${name}.weight`), bias: weights(`${name}.bias`) }, { epsilon });
}
