/** Least squares with a penalty, for tens of columns and hundreds of rows. */

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
  const moments = momentsOf(rows, values);
  const candidates = penalties.map((penalty) => {
    const inverse = inverseOf(rows, penalty * rows.length);
    return rows.map((row, index) => {
      const projected = product(inverse, row);
      const leverage = dot(projected, row) + 1 / rows.length; // the mean is fitted too
      const predicted = dot(projected, moments);
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
  const inverse = inverseOf(centered, 1e-6 * rows.length); // choices of a categorical sum to a constant: without this there is no inverse
  return (values) => {
    const moments = momentsOf(centered, values);
    return dot(moments, product(inverse, moments)) / rows.length;
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

/** Of the rows' products with each other, with the penalty on the diagonal, by Gauss and Jordan: with a penalty no pivot vanishes. */
function inverseOf(rows: Matrix, penalty: number): Matrix {
  const width = rows[0]!.length;
  const work = Array.from({ length: width }, (_, column) => {
    const line = new Array<number>(width).fill(0);
    line[column] = penalty;
    return line;
  });
  for (const row of rows) {
    for (let a = 0; a < width; a += 1) {
      const line = work[a]!;
      for (let b = 0; b < width; b += 1) line[b]! += row[a]! * row[b]!;
    }
  }
  for (let pivot = 0; pivot < width; pivot += 1) {
    const line = work[pivot]!;
    const scale = 1 / line[pivot]!;
    line[pivot] = 1;
    for (let column = 0; column < width; column += 1) line[column]! *= scale;
    for (const target of work) {
      if (target === line) continue;
      const factor = target[pivot]!;
      target[pivot] = 0;
      for (let column = 0; column < width; column += 1) target[column]! -= factor * line[column]!;
    }
  }
  return work;
}

function momentsOf(rows: Matrix, values: readonly number[]): readonly number[] {
  const moments = new Array<number>(rows[0]!.length).fill(0);
  for (const [index, row] of rows.entries()) for (const [column, x] of row.entries()) moments[column]! += x * values[index]!;
  return moments;
}

const product = (matrix: Matrix, vector: readonly number[]): readonly number[] => matrix.map((line) => dot(line, vector));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, index) => sum + x * b[index]!, 0);
