/**
 * What a way of fine-tuning changes about a training step. The layer configuration says where the model learns and how fast; a method says
 * which weights do there, and how they are held back. Everything is optional: what a method leaves out is as in full fine-tuning, `{}`.
 */
import type { EncoderConfig } from '../encoder/config.ts';
import type { Parameter } from '../encoder/parameters.ts';
import type { Differentiated, Graph, Weights } from '../engine/graph.ts';
import type { Handle } from '../kernels/handle.ts';
import type { RateOf } from '../layers.ts';
import type { Held } from './held.ts';

/** How a pass sees a weight. It must make what it needs on the graph that it is given: see `Graph.part`. */
export type Lens = <T>(graph: Graph<T>, weights: Weights<T>, name: string) => T;

/** The lens of full fine-tuning. */
export const asTheyAre: Lens = (_graph, weights, name) => weights(name);

/** A weight's way through training. */
interface Course {
  /** First step, from 0, in which it learns; its moments begin there. */
  readonly from: number;
  /** Of its learning rate, in the steps from then on. */
  share(step: number): number;
}

/** A step's loss in the making. */
interface LossPass<T> {
  readonly graph: Graph<T>;
  /** (texts, outputs): a pass with dropout of its own, each time. */
  outputs(): T;
  /** The task's loss, a scalar. */
  taskLoss(outputs: T): T;
  /** Texts that the loss is the mean of: those of the whole step. */
  readonly over: number;
}

export type Loss = <T>(pass: LossPass<T>) => T;

export interface StepScope {
  /** From 0. */
  readonly step: number;
  /** The weights that learn in this step. All gradients are in this order. */
  readonly trained: readonly Parameter[];
  /**
   * The step's loss and gradients for weights that are seen through a lens; default: as they are. A gradient is that of what stands in the
   * place of the weight, taken back through the lens.
   */
  evaluate(lens?: Lens): Differentiated;
}

/** A method's part in every step. Tensors of a step are freed with it; what must outlive it goes into `held`. */
export type Differentiate = (scope: StepScope) => Differentiated;

/** What a method finds when training begins or goes on. */
export interface Opening {
  /** All weights that learn at some time. */
  readonly trained: readonly Parameter[];
  /** A weight as it is now; the running scope holds it. */
  weight(name: string): Handle;
  /** A weight before the first step; the running scope holds it. */
  initial(parameter: Parameter): Handle;
  /** Empty at the first step, then as the last step left it, also in a run that goes on from a checkpoint. */
  readonly held: Held;
}

export interface Method {
  /** Weights beside the model's own; all of them learn. */
  readonly added?: readonly Parameter[];
  /** Which weights learn where the layer configuration lets them. Default: all. */
  trains?(parameter: Parameter): boolean;
  /** Which weights are decayed, of those that would be. Default: all. */
  decays?(parameter: Parameter): boolean;
  /** When a weight learns and how fast. Default: from the first step on, by the run's schedule. */
  course?(parameter: Parameter): Course;
  /** How weights are seen in every pass, also without training, and written in the end. */
  readonly lens?: Lens;
  /** Default: the task's loss of one pass. */
  readonly loss?: Loss;
  /** Default: the gradients of the loss at the weights as they are. */
  open?(opening: Opening): Differentiate;
}

/** What a method may want to know of its run. */
export interface RunFacts {
  readonly config: EncoderConfig;
  readonly parameters: readonly Parameter[];
  readonly seed: number;
  /** Steps of the whole schedule. */
  readonly horizon: number;
  /** Share of the horizon. */
  readonly warmup: number;
  /** What the layer configuration says of a weight. */
  readonly rateOf: RateOf;
  /** Whether a layer is to learn by low-rank additions: all below the head with method `lora`, those of mode `lora` without it. */
  isLowRank(layer: string): boolean;
}
