/** Least squares with a penalty, for tens of columns and hundreds of rows. */

import { solveLower, steadyCholesky } from '../cholesky.ts';

/** Rows of equal length. */
export type Matrix = readonly (readonly number[])[];

/** Strengths of the penalty to choose from, per row; the last leaves little more than the mean. */
const penalties = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 100];

/**
 * What ridge regressions predict for each row from all others, with the penalty that does it best: none is fitted to the
 * row it predicts.
 * @param values - with mean 0, as the columns
 * @returns zeros when there is no column
 */
export function leftOutPredictions(rows: Matrix, values: readonly number[]): readonly number[] {
  if (rows[0]!.length === 0) return values.map(() => 0);
  const lines = rows.map((row) => Float64Array.from(row));
  const moments = momentsOf(rows, values);
  const candidates = penalties.map((penalty) => {
    const factor = factorOf(rows, penalty * rows.length);
    const halfMoments = solveLower(factor, moments);
    return lines.map((line, index) => {
      const half = solveLower(factor, line);
      const leverage = dot(half, half) + 1 / rows.length; // the mean is fitted too
      const predicted = dot(half, halfMoments);
      return (predicted - leverage * values[index]!) / (1 - leverage);
    });
  });
  const errors = candidates.map((predicted) => predicted.reduce((sum, value, index) => sum + (values[index]! - value) ** 2, 0));
  return candidates[errors.indexOf(Math.min(...errors))]!;
}

/** A function that tells how much of the mean square of values the rows explain; by the way, the means of both are taken off. */
export function regressionOn(rows: Matrix): (values: readonly number[]) => number {
  const means = rows[0]!.map((_, column) => rows.reduce((sum, row) => sum + row[column]!, 0) / rows.length);
  const centered = rows.map((row) => row.map((x, column) => x - means[column]!));
  const factor = factorOf(centered, 1e-6 * rows.length); // choices of a categorical sum to a constant: without this there is no factor
  return (values) => {
    const half = solveLower(factor, momentsOf(centered, values));
    return dot(half, half) / rows.length;
  };
}

export function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

/** Mean 0 and variance 1; undefined for a column that does not vary. */
export function standardised(column: readonly number[]): readonly number[] | undefined {
  const mean = column.reduce((sum, x) => sum + x, 0) / column.length;
  const deviation = Math.sqrt(varianceOf(column));
  return deviation < 1e-12 ? undefined : column.map((x) => (x - mean) / deviation);
}

/** Cholesky's, of the rows' products with each other with the penalty on the diagonal. */
function factorOf(rows: Matrix, penalty: number): Float64Array {
  const width = rows[0]!.length;
  const products = new Float64Array(width * width); // its lower triangle
  for (let a = 0; a < width; a += 1) products[a * width + a] = penalty;
  for (const row of rows) {
    for (let a = 0; a < width; a += 1) for (let b = 0; b <= a; b += 1) products[a * width + b]! += row[a]! * row[b]!;
  }
  return steadyCholesky(products, width);
}

function momentsOf(rows: Matrix, values: readonly number[]): Float64Array {
  const moments = new Float64Array(rows[0]!.length);
  for (const [index, row] of rows.entries()) for (const [column, x] of row.entries()) moments[column]! += x * values[index]!;
  return moments;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, index) => sum + x * b[index]!, 0);
