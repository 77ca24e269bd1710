/** Balanced data sets out of labelled texts, and the folder they are kept in. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { seededStream } from '../../study/random.ts';
import { shuffled } from '../../trainer/random.ts';

export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

/** Examples per label in each split. */
export type PerLabel = Readonly<Record<'train' | 'selection' | 'heldOut', number>>;

export const neededPerLabel = ({ train, selection, heldOut }: PerLabel): number => train + selection + heldOut;

export type Splits = Readonly<Record<keyof PerLabel, readonly LabelledText[]>>;

/**
 * As many texts of each label as the splits take, drawn and mixed by the seed.
 * @param texts - no text twice; at least `neededPerLabel(perLabel)` of each label
 */
export function drawSplits(texts: readonly LabelledText[], labels: readonly string[], seed: number, perLabel: PerLabel): Splits {
  const random = seededStream(seed, 0);
  const drawn = labels.map((label) =>
    shuffled(
      texts.filter((text) => text.label === label),
      random,
    ),
  );
  const cut = (from: number, count: number): readonly LabelledText[] =>
    shuffled(
      drawn.flatMap((own) => own.slice(from, from + count)),
      random,
    );
  return {
    train: cut(0, perLabel.train),
    selection: cut(perLabel.train, perLabel.selection),
    heldOut: cut(perLabel.train + perLabel.selection, perLabel.heldOut),
  };
}

export interface Description {
  readonly name: string;
  readonly source: string;
  readonly labels: readonly string[];
  readonly seed: number;
}

/** So many texts that are in no split, as a pool without labels. */
export function drawRest(texts: readonly LabelledText[], splits: Splits, seed: number, count: number): readonly string[] {
  const taken = new Set(Object.values(splits).flat());
  const rest = texts.filter((text) => !taken.has(text)).map(({ text }) => text);
  return shuffled(rest, seededStream(seed, 1)).slice(0, count);
}

/**
 * Writes a dataset folder, whole or not at all. Another process that writes the same one does no harm.
 * @param unlabelled - texts whose labels are not known; no file of them is written when there are none
 */
export function writeDataset(folder: string, description: Description, splits: Splits, unlabelled: readonly string[] = []): void {
  mkdirSync(path.dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  const write = (name: string, rows: readonly object[]): void =>
    writeFileSync(path.join(work, `${name}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  for (const [split, rows] of Object.entries(splits))
    write(
      split,
      rows.map(({ text, label }) => ({ text, label })),
    );
  if (unlabelled.length > 0)
    write(
      'unlabelled',
      unlabelled.map((text) => ({ text })),
    );
  writeFileSync(path.join(work, 'dataset.json'), `${JSON.stringify(description, null, 2)}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
}
