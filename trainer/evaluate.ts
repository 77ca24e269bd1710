import { setImmediate } from 'node:timers/promises';
import type { Split } from './inputs.ts';
import { release, toHost } from './kernels/handle.ts';
import type { Model } from './model.ts';

export interface Evaluation {
  readonly scores: Readonly<Record<string, number>>;
  /** Loss of each text, in the order of the split. */
  readonly losses: readonly number[];
}

interface Chosen extends Evaluation {
  /** What counts, if there were several ways to see the weights. */
  readonly choice: Readonly<Record<string, number>>;
}

/** Scores of the model in the way to see its weights that has the least loss: later evaluations see them so, too. Arguments as of `evaluate`. */
export async function evaluateBest(model: Model, split: Split, isWanted: () => boolean): Promise<Chosen | undefined> {
  const { choices } = model;
  if (choices === undefined) {
    const found = await evaluate(model, split, isWanted);
    return found && { ...found, choice: {} };
  }
  let best: { readonly value: number; readonly found: Evaluation } | undefined;
  for (const value of choices.values) {
    choices.choose(value);
    const found = await evaluate(model, split, isWanted);
    if (found === undefined) return undefined;
    if (best === undefined || sum(found.losses) < sum(best.found.losses)) best = { value, found };
  }
  const { value, found } = best!; // there is one value at least
  choices.choose(value);
  return { ...found, choice: { [choices.metric]: value } };
}

/**
 * Scores of the model as it is.
 * @param isWanted - asked between batches: false gives up
 * @returns undefined when it was given up
 */
export async function evaluate(model: Model, split: Split, isWanted: () => boolean): Promise<Evaluation | undefined> {
  const { task } = model;
  const width = task.outputs;
  const outputs = new Float32Array(split.labels.length * width); // (texts, outputs)
  for (const texts of split.source.batches) {
    const input = split.source.input(texts);
    const output = toHost(() => model.logits(input));
    if (input.prefix !== undefined) release(input.prefix);
    for (const [row, text] of texts.entries()) outputs.set(output.subarray(row * width, (row + 1) * width), text * width);
    await setImmediate(); // lets messages of the supervisor in
    if (!isWanted()) return undefined;
  }
  return { scores: task.scores(outputs, split.labels), losses: task.losses(outputs, split.labels) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
