import type { Layerwise } from '../spec/layerwise-schema.ts';

/**
 * Share of random draws in which a layer is frozen: from that of the embeddings to that of the top layer in even steps.
 * @param height - 0 for the embeddings, 1 for the top layer
 */
export function frozenShareAt({ frozenProbability = 0.5, topFrozenProbability = frozenProbability }: Layerwise, height: number): number {
  return frozenProbability + (topFrozenProbability - frozenProbability) * height;
}
