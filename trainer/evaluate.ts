import { setImmediate } from 'node:timers/promises';
import { release, toHost } from './kernels/handle.ts';
import { crossEntropies, type Scores, scoresOf } from './metrics.ts';
import type { Model } from './model.ts';
import type { Split } from './train.ts';

export interface Evaluation {
  readonly scores: Scores;
  /** Cross-entropy of each text, in the order of the split. */
  readonly losses: readonly number[];
}

/**
 * Scores of the model as it is.
 * @param isWanted - asked between batches: false gives up
 * @returns undefined when it was given up
 */
export async function evaluate(model: Model, split: Split, labelCount: number, isWanted: () => boolean): Promise<Evaluation | undefined> {
  const logits = new Float32Array(split.labels.length * labelCount); // (texts, labels)
  for (const texts of split.source.batches) {
    const input = split.source.input(texts);
    const output = toHost(() => model.logits(input));
    if (input.prefix !== undefined) release(input.prefix);
    for (const [row, text] of texts.entries()) logits.set(output.subarray(row * labelCount, (row + 1) * labelCount), text * labelCount);
    await setImmediate(); // lets messages of the supervisor in
    if (!isWanted()) return undefined;
  }
  return { scores: scoresOf(logits, split.labels, labelCount), losses: crossEntropies(logits, split.labels, labelCount) };
}
