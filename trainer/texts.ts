/** The data of a trial as tokens. */
import { type Example, loadDataset } from './data/dataset.ts';
import type { Tokens } from './encoder/batch.ts';
import type { EncoderConfig } from './encoder/config.ts';
import type { Assignment } from './messages.ts';
import { badConfiguration } from './refusal.ts';
import { openTokenizer, type TextTokenizer } from './text-tokenizer.ts';

/** One split. */
interface Texts {
  readonly tokens: readonly Tokens[];
  /** Index of each text's label, or its number. */
  readonly labels: readonly number[];
}

export interface AllTexts {
  /** Names of the labels; none where numbers are learnt. */
  readonly labels: readonly string[];
  readonly padId: number;
  readonly train: Texts;
  readonly selection: Texts;
  readonly heldOut: Texts;
}

/** @throws {DataError | Refusal} */
export async function readTexts({ settings, modelFolder, data }: Assignment, config: EncoderConfig): Promise<AllTexts> {
  const { maxLength, task } = settings;
  if (maxLength > config.longest) {
    throw badConfiguration('trainer.maxLength', `<= ${config.longest}, the number of the model's positions`, maxLength);
  }
  const tokenizer = openTokenizer(modelFolder, maxLength);
  const { labels, train, selection, heldOut } = await loadDataset(data, { task });
  return {
    labels,
    padId: tokenizer.padId,
    train: tokenized(tokenizer, train),
    selection: tokenized(tokenizer, selection),
    heldOut: tokenized(tokenizer, heldOut),
  };
}

function tokenized(tokenizer: TextTokenizer, examples: readonly Example[]): Texts {
  return {
    tokens: examples.map(({ text, textPair }) => tokenizer.encode(text, textPair)),
    labels: examples.map(({ label }) => label),
  };
}
