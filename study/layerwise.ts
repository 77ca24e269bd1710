import type { Dimension } from './dimension.ts';
import type { Assignment } from './trial.ts';

/** What the search must know of the model: read from its `config.json` when the sweep is submitted. */
export interface ModelShape {
  /** Encoder layers, embeddings and head not counted. */
  readonly layers: number;
}

/** Names of the numbers that stand for a layerwise parameter in an assignment. */
export const layerwiseName = {
  part: (parameter: string, part: string) => `${parameter}.${part}`,
  frozenPrefix: (parameter: string) => `${parameter}.frozenPrefix`,
};

/** Embeddings first, then the encoder's layers from the bottom: `embeddings`, `0` … `L-1`. */
export const encoderLayers = ({ layers }: ModelShape): readonly string[] =>
  Array.from({ length: layers + 1 }, (_, step) => layerName(step));

/** Steps count from the bottom: 0 is the embeddings, l + 1 is layer l. */
export const layerName = (step: number): string => (step === 0 ? 'embeddings' : String(step - 1));

/**
 * Whether the layer `step` from the bottom is frozen by a prefix of k. A prefix of k > 0 is the embeddings and layers
 * 0 … k-1; a prefix of 0 freezes nothing, the embeddings neither.
 */
export const isBelowPrefix = (step: number, prefix: number): boolean => prefix > 0 && step <= prefix;

/** Whether the dimension's value makes a difference: a layer in a frozen prefix is frozen whatever its rate. */
export function hasEffect({ layer }: Dimension, assignment: Assignment): boolean {
  const prefix = layer && assignment[layerwiseName.frozenPrefix(layer.of)];
  return typeof prefix !== 'number' || !isBelowPrefix(layer!.index, prefix);
}
