/** A classifier on an encoder, of which some layers are trained and the others stay as they are. */
import type { TokenBatch } from './encoder/batch.ts';
import type { EncoderConfig } from './encoder/config.ts';
import { classify, embed, encode, type NoiseSource, noNoise, type Scope, wordTable } from './encoder/forward.ts';
import { layerNames, type Parameter, type Pooling } from './encoder/parameters.ts';
import type { Differentiated, Engine, Graph, WeightSource, Weights } from './engine/graph.ts';
import { type Memory, rawEngine } from './engine/raw.ts';
import { tapeEngine } from './engine/tape.ts';
import { add, zerosLike } from './kernels/arithmetic.ts';
import { giveToScope, type Handle, hold, release, upload } from './kernels/handle.ts';
import type { RateOf } from './layers.ts';
import { type AdamWSettings, adamW, type Moments, type Optimizer, type Trained } from './optimizer/adamw.ts';
import type { Task } from './task.ts';

/** What the layers above the frozen prefix work on. */
export interface Input {
  readonly batch: TokenBatch;
  /** Output of the frozen prefix: (size · time, hidden), or (size, hidden) if only the head is trained. Absent when nothing is frozen below. */
  readonly prefix?: Handle;
}

export interface ModelSettings extends AdamWSettings {
  readonly task: Task;
  readonly pooling: Pooling;
  /** `raw` trains; `tape` is slower, and there to check it with. */
  readonly engine: 'raw' | 'tape';
  /** Whether activations are kept for the way back, or computed again there. Of the raw engine. */
  readonly activations: Memory;
}

/** What a step tells, still on the device; the caller's to release. */
interface Stepped {
  readonly loss: Handle;
  /** Of each gradient, before clipping: half its square. In the order of `optimizer.parameters`. */
  readonly halfSquaredNorms: Handle;
}

export interface Model {
  readonly config: EncoderConfig;
  readonly optimizer: Optimizer;
  readonly task: Task;
  readonly pooling: Pooling;
  /** Layers whose output can be computed beforehand, from the embeddings on: those frozen without a gap, 0 … L+1. None where all are mixed. */
  readonly frozenPrefix: number;
  /**
   * Runs the frozen prefix, in inference mode. Only where there is one.
   * @param from - output of its lowest layers, so many of them (with the embeddings at least), if that is known
   */
  runPrefix(batch: TokenBatch, from?: { readonly layers: number; readonly rows: Handle }): Handle;
  /**
   * One optimizer step on the mean loss of all texts.
   * @param count - number of the step, from 1
   * @param share - of the learning rates
   */
  step(parts: readonly Example[], count: number, share: number): Stepped;
  /** The mean loss and its gradients, in the order of `optimizer.parameters`. */
  gradients(parts: readonly Example[]): Differentiated;
  /** (size, outputs), in inference mode. */
  logits(input: Input): Handle;
  /** A weight, trained or frozen. The caller releases it before the next step. */
  weight(name: string): Handle;
  dispose(): void;
}

/** A part of a step's texts with what they should give. Several share the words of all: see `padBatches`. */
export interface Example {
  readonly input: Input;
  /** (size, outputs). */
  readonly targets: Float32Array;
  readonly noise: NoiseSource;
}

/**
 * @param start - first values of all weights, and the moments of the trained ones if this is not the beginning; taken over
 */
export function createModel(
  config: EncoderConfig,
  parameters: readonly Parameter[],
  start: (parameter: Parameter) => Start,
  rateOf: RateOf,
  settings: ModelSettings,
): Model {
  const { task, pooling } = settings;
  const { frozen, optimizer } = divide(parameters, start, rateOf, settings);
  const isTrained = new Set(optimizer.parameters.map(({ name }) => name));
  const trainedLayers = new Set(optimizer.parameters.map(({ layer }) => layer));
  const still = layerNames(config).findIndex((name) => trainedLayers.has(name));
  const frozenPrefix = pooling === 'scalarMix' ? 0 : still;
  const firstLayer = Math.max(0, frozenPrefix - 1); // of the encoder's numbered layers, the lowest that runs in every step
  const weight = (name: string) => (isTrained.has(name) ? optimizer.weight(name) : giveToScope(hold(frozen.get(name)!))); // one or the other
  const engine = engineFor({ trained: [...isTrained], read: weight }, settings);

  const fixed = { config, pooling, still };
  const logits = <T>(scope: Scope<T>, { batch, prefix }: Input): T => {
    const below = prefix === undefined ? embed(scope, batch) : scope.graph.constant(prefix);
    const pooled = firstLayer === config.layers ? below : encode(scope, below, [firstLayer, config.layers], batch);
    return classify(scope, pooled);
  };
  const rowsFor = ({ batch, prefix }: Input) => new Map(prefix === undefined ? [[wordTable, batch.words] as const] : []);

  const gradients: Model['gradients'] = (parts) => {
    const over = parts.reduce((sum, { input }) => sum + input.batch.size, 0);
    const ofPart = ({ input, targets, noise }: Example) => {
      const loss = <T>(graph: Graph<T>, weights: Weights<T>): T => {
        const outputs = logits({ ...fixed, graph, weights, noise }, input);
        const wanted = graph.constant(upload(targets, [input.batch.size, task.outputs]));
        return graph.apply(task.loss, { outputs, targets: wanted }, { over });
      };
      return engine.gradients(loss, rowsFor(input));
    };
    return parts.map(ofPart).reduce(summed);
  };

  return {
    config,
    task,
    pooling,
    optimizer,
    frozenPrefix,
    gradients,
    weight,
    runPrefix(batch, from) {
      const pass = <T>(graph: Graph<T>, weights: Weights<T>): T => {
        const scope = { ...fixed, graph, weights, noise: noNoise };
        const below = from === undefined ? embed(scope, batch) : graph.constant(from.rows);
        return encode(scope, below, [(from?.layers ?? 1) - 1, firstLayer], batch);
      };
      return engine.run(pass, new Map(from === undefined ? [[wordTable, batch.words]] : []));
    },
    step(parts, count, share) {
      const { loss, gradients: found } = gradients(parts);
      return { loss, halfSquaredNorms: optimizer.step(count, share, found) };
    },
    logits: (input) => engine.run((graph, weights) => logits({ ...fixed, graph, weights, noise: noNoise }, input), rowsFor(input)),
    dispose() {
      optimizer.dispose();
      for (const handle of frozen.values()) release(handle);
    },
  };
}

type Start = Pick<Moments, 'weight'> & Partial<Moments>;

/** What stays as it is, and what an optimizer changes. */
function divide(
  parameters: readonly Parameter[],
  start: (parameter: Parameter) => Start,
  rateOf: RateOf,
  settings: AdamWSettings,
): { readonly frozen: ReadonlyMap<string, Handle>; readonly optimizer: Optimizer } {
  const frozen = new Map<string, Handle>();
  const trained: Trained[] = [];
  for (const parameter of parameters) {
    const learningRate = rateOf(parameter);
    const first = start(parameter);
    const { weight } = first;
    if (learningRate === undefined) {
      frozen.set(parameter.name, weight);
      continue;
    }
    const { mean = zerosLike(weight), square = zerosLike(weight) } = first;
    trained.push({ parameter, learningRate, weight, mean, square });
  }
  return { frozen, optimizer: adamW(trained, settings) };
}

function engineFor(source: WeightSource, { engine, activations }: ModelSettings): Engine {
  return engine === 'raw' ? rawEngine(source, activations) : tapeEngine(source);
}

/** Sum of what two parts of a step gave. Takes both over. */
function summed(a: Differentiated, b: Differentiated): Differentiated {
  const plus = (one: Handle, other: Handle): Handle => {
    const both = add(one, other);
    release(one);
    release(other);
    return both;
  };
  return {
    loss: plus(a.loss, b.loss),
    gradients: a.gradients.map((gradient, index) => ({ ...gradient, of: plus(gradient.of, b.gradients[index]!.of) })), // of the same parameters
  };
}
