/**
 * What a way of fine-tuning changes about training. The layer configuration says where the model learns and how fast; a method says which
 * weights do there, and how they are held back. Everything is optional: what a method leaves out is as in full fine-tuning, `{}`.
 */

import type { TokenBatch } from '../encoder/batch.ts';
import type { EncoderConfig } from '../encoder/config.ts';
import type { Insert, Scope, Site } from '../encoder/forward.ts';
import type { Parameter } from '../encoder/parameters.ts';
import type { Differentiated, Graph, Weights } from '../engine/graph.ts';
import type { Handle } from '../kernels/handle.ts';
import type { RateOf } from '../layers.ts';
import type { Pace } from '../optimizer/adamw.ts';
import type { Held } from './held.ts';

/** How a pass sees a weight. It must make what it needs on the graph that it is given: see `Graph.part`. */
export type Lens = <T>(graph: Graph<T>, weights: Weights<T>, name: string) => T;

/** The lens of full fine-tuning. */
export const asTheyAre: Lens = (_graph, weights, name) => weights(name);

/** A forward pass with dropout of its own. */
export interface Pass<T> {
  /** (texts, outputs). */
  readonly outputs: T;
  /** Those that it is the mean of: one, or what `Method.ensemble` gives. */
  readonly ensemble: readonly T[];
  /** Of each layer that runs, bottom to top: (texts · time, hidden); (texts, hidden) from where only the first token is read. */
  readonly hidden: readonly T[];
  /**
   * What the layers above the lowest `below` that run give, with dropout of their own, when what enters them is changed.
   * @param below - fewer than there are in `hidden`, or 0
   */
  again(below: number, change: (entering: T) => T): readonly T[];
}

/** A step's loss in the making. */
export interface LossPass<T> {
  readonly graph: Graph<T>;
  /**
   * @param bend - changes what enters the lowest layer that runs: see `Part.bottom`
   * @param instead - whole weights that stand in the place of the model's own in this pass, and learn nothing from it; undefined: its own stand
   */
  pass(bend?: (bottom: T) => T, instead?: (name: string) => Handle | undefined): Pass<T>;
  /** The task's loss, a scalar. */
  taskLoss(outputs: T): T;
  /** What the outputs should be: (texts, outputs). */
  readonly targets: T;
  /** Texts that the loss is the mean of: those of the whole step. */
  readonly over: number;
}

export type Loss = <T>(pass: LossPass<T>) => T;

/** Texts of a step that run at once. */
export interface Part {
  /** From 0, both. */
  readonly step: number;
  readonly part: number;
  /** Tokens of each text. */
  readonly lengths: readonly number[];
  /** Shape of what enters the lowest layer that runs: the embeddings' output or the frozen prefix's, a row for each token or for each text. */
  readonly bottom: readonly [rows: number, width: number];
  /** Gradient of a loss for a tensor that it is made with; the running scope holds it. */
  sensitivity(at: Handle, loss: <T>(pass: LossPass<T>, at: T) => T): Handle;
}

export interface StepScope {
  /** From 0. */
  readonly step: number;
  /** Of the learning rate, by the run's schedule. */
  readonly share: number;
  /** The weights that learn in this step. All gradients are in this order. */
  readonly trained: readonly Parameter[];
  /**
   * The step's loss and gradients for weights that are seen through a lens; default: as they are. A gradient is that of what stands in the
   * place of the weight, taken back through the lens.
   */
  evaluate(lens?: Lens): Differentiated;
  /** The task's loss without dropout, on the texts of the step or on as many set aside. Absent while none are: see `Method.aside`. */
  look?(texts: 'step' | 'aside', lens: Lens): Differentiated;
}

/** A look at the training texts before the first step, in random order. */
export interface Look {
  /** A few texts at a time; gradients are in the order of `Opening.trained`. */
  gradients(
    texts: { readonly atOnce: number; readonly most?: number; readonly dropout: 'on' | 'off' },
    visit: (found: Differentiated) => void,
  ): Promise<void>;
  /** What the classifier sees of each text, without dropout: (hidden). @param visit - `truth`: index of its label, or its number */
  features(visit: (seen: Float32Array, truth: number) => void): Promise<void>;
}

/** Texts without labels, as they are seen between two steps. */
export interface Unlabelled {
  /**
   * Outputs with dropout for all of them.
   * @param pass - from 0: each has noise of its own
   * @param visit - `text`: its place among all texts to train on, labelled ones first
   */
  outputs(pass: number, visit: (text: number, outputs: Float32Array) => void): Promise<void>;
}

/** Labels that a method gives to texts without any. */
export interface Guesses {
  /** First step that learns from them, from 0. */
  readonly since: number;
  /** By a text's place among all texts to train on. */
  readonly labels: ReadonlyMap<number, number>;
}

/** What a method finds when training begins or goes on. */
export interface Opening {
  /** All weights that learn at some time. */
  readonly trained: readonly Parameter[];
  /** A weight as it is now; the running scope holds it. */
  weight(name: string): Handle;
  /** A weight before the first step; the running scope holds it. */
  initial(parameter: Parameter): Handle;
  /** Gives a weight that learns another value: in a survey, or in a step, whose own change goes on from there. */
  assign(name: string, value: Handle): void;
  /** Empty at the first step, then as the last step left it, also in a run that goes on from a checkpoint. */
  readonly held: Held;
}

/** Ways to see the weights after training, of which the one with the least loss on the selection split counts. */
export interface Choices {
  /** Under which it is reported what counts. */
  readonly metric: string;
  readonly values: readonly number[];
  /** Passes without training see the weights so from now on. */
  choose(value: number): void;
}

/** A method at work. Tensors that a call makes are freed after it; what must outlive it goes into `held`. */
export interface Session {
  /** Looks at the training data once, before the first step. */
  survey?(look: Look): Promise<void>;
  /** Before each step: what it learns from beside the labelled texts. Undefined: nothing. */
  guess?(step: number, unlabelled: Unlabelled): Promise<Guesses | undefined>;
  /**
   * How a weight takes part in a step; undefined: it rests. Which weights rest must not change within a step.
   * @param share - of the learning rate, by the run's schedule
   */
  pace?(parameter: Parameter, step: number, share: number): Pace | undefined;
  /** Dropout at a site. @param configured - the model's own rate there */
  dropout?(site: Site, configured: number): number;
  /** Default: the task's loss of one pass. */
  loss?(part: Part): Loss;
  /** Default: the gradients of the loss at the weights as they are. */
  differentiate?(scope: StepScope): Differentiated;
  /** After a step's weights have changed. */
  stepped?(step: number): void;
  /** A weight that learns, as passes without training see it and as it is written; the running scope holds it. Default: as it is. */
  evaluated?(parameter: Parameter): Handle;
  /** Default: one way. */
  readonly choices?: Choices;
}

/** Several heads, whose mean is scored, in the place of the model's own. They see texts, and means over tokens of what a frozen encoder gives. */
interface Ensemble {
  /** Layers that are seen, from 1, rising. */
  readonly sees: readonly number[];
  /** A table that is read through the rows of a batch's words, as the encoder's is. */
  readonly wordTable: string;
  /**
   * Of each head: (texts, outputs).
   * @param views - of each layer that is seen: (texts, hidden)
   */
  outputs<T>(scope: Scope<T>, views: readonly T[], batch: TokenBatch): readonly T[];
}

/** Training texts that steps are not taken on. */
export interface Aside {
  /** Of all training texts; one at least, if there are two. */
  readonly share: number;
  /** From this step on, from 0, none are. */
  readonly until: number;
}

export interface Method {
  /** Weights beside the model's own, which end up in those: all of them learn. */
  readonly added?: readonly Parameter[];
  /** Weights that are written beside the model's, and maps that use them between those of the model. */
  readonly inserted?: { readonly parameters: readonly Parameter[]; readonly insert?: Insert };
  /** Goes with an encoder that has no weight that learns. */
  readonly ensemble?: Ensemble;
  /** Which weights learn where the layer configuration lets them. Default: all. */
  trains?(parameter: Parameter): boolean;
  /** Which weights are decayed, of those that would be. Default: all. */
  decays?(parameter: Parameter): boolean;
  /** How weights are seen in every pass, also without training, and written in the end. */
  readonly lens?: Lens;
  /** Default: none. */
  readonly aside?: Aside;
  /** Default: nothing. */
  open?(opening: Opening): Session;
}

/** The pace of a weight that begins at a step, from 0; its moments begin there. */
export function paceFrom(first: number, step: number, share: number): Pace | undefined {
  return step < first ? undefined : { count: step - first + 1, share };
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
  /** Texts of a step. */
  readonly batchSize: number;
  /** Largest global norm of the gradients. */
  readonly clipNorm: number;
  /** What the layer configuration says of a weight. */
  readonly rateOf: RateOf;
  /** Whether a layer is to learn by low-rank additions: all below the head with method `lora`, those of mode `lora` without it. */
  isLowRank(layer: string): boolean;
}
