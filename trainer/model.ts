/** A classifier on an encoder, of which some layers are trained and the others stay as they are. */
import { maskTensor, type TokenBatch } from './encoder/batch.ts';
import type { EncoderConfig } from './encoder/config.ts';
import { classify, embed, encode, type NoiseSource, noNoise, type Weights } from './encoder/forward.ts';
import { layerNames, type Parameter } from './encoder/parameters.ts';
import { crossEntropy } from './kernels/cross-entropy.ts';
import type { RateOf } from './layers.ts';
import { tf } from './native/tensorflow.ts';
import { type AdamWSettings, adamW, type Gradient, type Moments, type Optimizer } from './optimizer/adamw.ts';

/** What the layers above the frozen prefix work on. */
export interface Input {
  readonly batch: TokenBatch;
  /** Output of the frozen prefix: (size · time, hidden), or (size, hidden) if only the head is trained. Absent when nothing is frozen below. */
  readonly prefix?: tf.Tensor;
}

export interface Model {
  readonly config: EncoderConfig;
  readonly optimizer: Optimizer;
  /** Layers frozen from the bottom without a gap, the embeddings being the first: 0 … L+1. */
  readonly frozenPrefix: number;
  /** Runs the frozen prefix, in inference mode. Only where there is one. */
  runPrefix(batch: TokenBatch): tf.Tensor;
  /**
   * One optimizer step.
   * @param targets - (size, labels), one 1 in each row
   * @param count - number of the step, from 1
   * @param share - of the learning rates
   * @returns the loss, still on the device
   */
  step(input: Input, targets: tf.Tensor2D, noise: NoiseSource, count: number, share: number): tf.Scalar;
  /** Loss and gradients in the order of `optimizer.parameters`. */
  gradients(input: Input, targets: tf.Tensor2D, noise: NoiseSource): { readonly loss: tf.Scalar; readonly gradients: readonly Gradient[] };
  /** (size, labels), in inference mode. */
  logits(input: Input): tf.Tensor2D;
  /** A weight, trained or frozen. The caller disposes it before the next step. */
  weight(name: string): tf.Tensor;
  dispose(): void;
}

const wordTable = 'embeddings.word';

/**
 * @param start - first values of all weights, and the moments of the trained ones if this is not the beginning; taken over
 */
export function createModel(
  config: EncoderConfig,
  parameters: readonly Parameter[],
  start: (parameter: Parameter) => Pick<Moments, 'weight'> & Partial<Moments>,
  rateOf: RateOf,
  settings: AdamWSettings,
): Model {
  const frozen = new Map<string, tf.Tensor>();
  const trained: (Moments & { readonly parameter: Parameter; readonly learningRate: number })[] = [];
  for (const parameter of parameters) {
    const learningRate = rateOf(parameter);
    const { weight, mean, square } = start(parameter);
    if (learningRate === undefined) frozen.set(parameter.name, weight);
    else trained.push({ parameter, learningRate, weight, mean: mean ?? tf.zerosLike(weight), square: square ?? tf.zerosLike(weight) });
  }
  const optimizer = adamW(trained, settings);
  const names = layerNames(config);
  const trainedLayers = new Set(optimizer.parameters.map(({ layer }) => layer));
  const frozenPrefix = names.findIndex((name) => trainedLayers.has(name));
  const firstLayer = Math.max(0, frozenPrefix - 1); // of the encoder's numbered layers, the lowest that runs in every step
  const isTrained = new Set(optimizer.parameters.map(({ name }) => name));
  const weight = (name: string) => (isTrained.has(name) ? optimizer.weight(name) : tf.clone(frozen.get(name)!));
  const current: Weights = (name) => (isTrained.has(name) ? optimizer.weight(name) : frozen.get(name)!);

  const wordRows = (weights: Weights, batch: TokenBatch) => tf.gather(weights(wordTable), tf.tensor1d(batch.words, 'int32'));
  const forward = (weights: Weights, words: tf.Tensor | undefined, { batch, prefix }: Input, noise: NoiseSource) => {
    const hidden = prefix ?? embed(config, weights, words!, batch, noise); // without a prefix the words are given
    const scope = { size: batch.size, mask: maskTensor(batch) };
    return classify(config, weights, encode(config, weights, hidden, [firstLayer, config.layers], scope, noise), noise);
  };

  const gradients: Model['gradients'] = (input, targets, noise) => {
    const rowsOnly = input.prefix === undefined ? [wordTable] : [];
    const direct = optimizer.parameters.filter(({ name }) => !rowsOnly.includes(name));
    const read = new Map(direct.map(({ name }) => [name, optimizer.weight(name)]));
    const words = input.prefix === undefined ? tf.tidy(() => wordRows(current, input.batch)) : undefined;
    const weights: Weights = (name) => read.get(name) ?? frozen.get(name)!;
    const loss = () => crossEntropy({ logits: forward(weights, words, input, noise), targets });
    const asked = optimizer.parameters.map(({ name }) => read.get(name) ?? words!); // the word table's rows stand for it
    const { value, grads } = tf.valueAndGrads(loss as () => tf.Scalar)(asked);
    tf.dispose([...read.values(), ...(words === undefined ? [] : [words])]);
    const found = grads.map((of, index) => (asked[index] === words ? { of, rows: input.batch.words } : { of }));
    return { loss: value as tf.Scalar, gradients: found };
  };

  return {
    config,
    optimizer,
    frozenPrefix,
    gradients,
    weight,
    runPrefix: (batch) =>
      tf.tidy(() => {
        const weights: Weights = (name) => frozen.get(name)!;
        const embedded = embed(config, weights, wordRows(weights, batch), batch, noNoise);
        return encode(config, weights, embedded, [0, firstLayer], { size: batch.size, mask: maskTensor(batch) }, noNoise);
      }),
    step(input, targets, noise, count, share) {
      const { loss, gradients: found } = gradients(input, targets, noise);
      optimizer.step(count, share, found);
      return loss;
    },
    logits: (input) =>
      tf.tidy(() => {
        const words = input.prefix === undefined ? wordRows(current, input.batch) : undefined;
        return forward(current, words, input, noNoise) as tf.Tensor2D;
      }),
    dispose() {
      optimizer.dispose();
      tf.dispose([...frozen.values()]);
    },
  };
}
