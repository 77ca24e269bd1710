/**
 * A table of which each step reads few rows: those that have had a gradient are kept apart, with Adam's running means. All others' means are 0 and
 * change nothing, so leaving them out gives the same weights in less time and memory.
 */
import { gather, indices, putRows, scatterSum } from '../kernels/arithmetic.ts';
import { download, type Handle, inScope } from '../kernels/handle.ts';
import { createVariable, type Variable } from './variable.ts';

/** What an optimizer keeps of a weight. */
export interface Kept<T> {
  readonly weight: T;
  readonly mean: T;
  readonly square: T;
}

/** All variables are (rows, width). */
export interface TableRows extends Kept<Variable> {
  readonly kind: 'rows';
  /** Rising, so that values stand in the same places whenever their rows came: rounding can depend on the place. */
  readonly rows: Int32Array;
  readonly placeOf: ReadonlyMap<number, number>;
}

/** @param whole - of the whole table; the caller's @param more - rows to come, beside those whose means are not 0 */
export function rowsApart(whole: Kept<Handle>, more: Int32Array): TableRows {
  const rows = rising([...filledRows(whole.mean), ...filledRows(whole.square), ...more]);
  return create(rows, (kept) => gather(whole[kept], indices(rows)));
}

/** Those of a table that have another number than 0. Tables have millions of numbers, so this is a plain loop. */
function filledRows(table: Handle): readonly number[] {
  const [height, width] = table.shape as [number, number];
  const values = download(table);
  const filled: number[] = [];
  for (let row = 0; row < height; row += 1) {
    const end = (row + 1) * width;
    let at = end - width;
    while (at < end && values[at] === 0) at += 1;
    if (at < end) filled.push(row);
  }
  return filled;
}

/** With these rows among its own. The earlier variables are gone then. @param table - the whole weight, for the rows that are new */
export function withRows(apart: TableRows, more: Int32Array, table: () => Handle): TableRows {
  if (more.every((row) => apart.placeOf.has(row))) return apart;
  const rows = rising([...apart.rows, ...more]);
  const placeOf = placesOf(rows);
  const earlier = () => indices(apart.rows.map((row) => placeOf.get(row)!)); // it has them
  const grown = create(rows, (kept) =>
    kept === 'weight'
      ? putRows(gather(table(), indices(rows)), earlier(), apart.weight.read())
      : scatterSum(apart[kept].read(), earlier(), rows.length),
  );
  disposeRows(apart);
  return grown;
}

/** A gradient of some of the rows as one of all of them. */
export function amongRows({ rows, placeOf }: TableRows, of: Handle, some: Int32Array): Handle {
  return scatterSum(of, indices(some.map((row) => placeOf.get(row)!)), rows.length); // they have been added
}

/** The whole table with these rows in it. @param table - the weight, as it is but for these rows */
export function joined({ rows, weight, mean, square }: TableRows, table: Handle): Kept<Handle> {
  const means = ({ read }: Variable): Handle => scatterSum(read(), indices(rows), table.shape[0]!);
  return { weight: putRows(table, indices(rows), weight.read()), mean: means(mean), square: means(square) };
}

/** Some rows of the weight as it is now. @param table - as above */
export function readRows({ placeOf, weight }: TableRows, table: () => Handle, some: Int32Array): Handle {
  const own = Array.from(some.keys()).filter((at) => placeOf.has(some[at]!)); // keys are indices
  const places = indices(Int32Array.from(own, (at) => placeOf.get(some[at]!)!));
  const taken = gather(weight.read(), places);
  return own.length === some.length ? taken : putRows(gather(table(), indices(some)), indices(Int32Array.from(own)), taken);
}

export function disposeRows({ mean, square, weight }: TableRows): void {
  for (const variable of [mean, square, weight]) variable.dispose();
}

const rising = (rows: readonly number[]): Int32Array => Int32Array.from(new Set(rows)).sort();

const placesOf = (rows: Int32Array): ReadonlyMap<number, number> => new Map(Array.from(rows, (row, place) => [row, place]));

function create(rows: Int32Array, valuesOf: (kept: keyof Kept<unknown>) => Handle): TableRows {
  const variable = (kept: keyof Kept<unknown>): Variable => inScope(() => createVariable(valuesOf(kept)));
  return { kind: 'rows', rows, placeOf: placesOf(rows), weight: variable('weight'), mean: variable('mean'), square: variable('square') };
}
