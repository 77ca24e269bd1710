/** A seeded split of one file: stratified by label, and with no text in two splits. */
import { seededStream } from '../../study/random.ts';
import { shuffled } from '../random.ts';
import { DataError } from './data-error.ts';
import type { Row } from './rows.ts';

export const splitNames = ['train', 'selection', 'heldOut'] as const;
export type SplitName = (typeof splitNames)[number];
export type Splits<T> = Readonly<Record<SplitName, readonly T[]>>;

/** Of each label's texts; training gets the rest. */
const share = { selection: 0.2, heldOut: 0.2 };

/**
 * Rows with the same text stay together, whatever their labels, so that nothing measured was trained on.
 * The answer depends on the rows' order and the seed alone.
 * @param stratumOf - what each split gets its share of
 * @throws {DataError} if a label has fewer than three different texts, one for each split
 */
export function splitRows(
  file: string,
  rows: readonly Row[],
  seed: number,
  stratumOf: (row: Row) => string = ({ label }) => label,
): Splits<Row> {
  const texts = [...Map.groupBy(rows, ({ text, textPair }) => JSON.stringify([text, textPair])).values()];
  const labels = Map.groupBy(texts, ([first]) => stratumOf(first!)); // a group has at least one row
  const splits: Record<SplitName, Row[]> = { train: [], selection: [], heldOut: [] };
  const random = seededStream(seed, 0);
  for (const [label, group] of [...labels].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const { length } = group;
    if (length < splitNames.length) throw tooFew(file, label, group);
    const order = shuffled(group, random);
    const selection = Math.max(1, Math.round(length * share.selection));
    const heldOut = Math.max(1, Math.round(length * share.heldOut));
    splits.selection.push(...order.slice(0, selection).flat());
    splits.heldOut.push(...order.slice(selection, selection + heldOut).flat());
    splits.train.push(...order.slice(selection + heldOut).flat());
  }
  return { train: byLine(splits.train), selection: byLine(splits.selection), heldOut: byLine(splits.heldOut) };
}

const byLine = (rows: readonly Row[]): readonly Row[] => rows.toSorted((a, b) => a.line - b.line);

function tooFew(file: string, label: string, texts: readonly (readonly Row[])[]): DataError {
  const [[row]] = texts as [[Row]]; // a label comes from a row
  const examples = texts.length === 1 ? 'one example' : `${texts.length} examples`;
  return new DataError(
    { file, line: row.line, column: 'label' },
    `label ${JSON.stringify(label)} has ${examples}; training, selection and held-out data need one each: add examples or remove the label`,
  );
}
