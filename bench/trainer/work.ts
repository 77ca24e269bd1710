/** What both sides are asked to do over and over: a step or a pass over one batch of random tokens, all of full length. */
export interface Work {
  /** Folder of a model in Hugging Face layout. Without `model.safetensors` its weights are random. */
  readonly model: string;
  readonly batch: number;
  /** Tokens of each text. */
  readonly time: number;
  readonly does: 'train' | 'infer';
  /** Layers frozen from the bottom, the embeddings being the first. */
  readonly frozen: number;
  /** Whether the frozen layers run in each step, or their output is given. */
  readonly prefix: 'runs' | 'given';
  /** Rate of all dropout, at least 0 and below 1. */
  readonly dropout: number;
  /** How ours fine-tunes: `method` with its settings, as in the `trainer` block. Default: full. */
  readonly trainer?: Readonly<Record<string, unknown>>;
  /** Steps of the whole training, for methods that change their course. Default: 1000. */
  readonly horizon?: number;
}

/** What a process says of itself. */
export interface Footprint {
  /** Most memory that was ever resident. */
  readonly peakBytes: number;
  readonly residentBytes: number;
  /** Tensors on the device. Of ours only. */
  readonly tensors?: number;
}
