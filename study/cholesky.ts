/** Square matrices are row-major: element (i, j) of an n × n matrix is at i · n + j. */

/**
 * The lower triangle L with L Lᵀ = A, for a symmetric A of which only the lower triangle is read.
 * @returns undefined where A is not positive definite to working precision
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array | undefined {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let rest = matrix[i * n + j]!;
      for (let k = 0, a = i * n, b = j * n; k < j; k += 1) rest -= factor[a + k]! * factor[b + k]!;
      if (i !== j) factor[i * n + j] = rest / factor[j * n + j]!;
      else if (rest > 0) factor[i * n + i] = Math.sqrt(rest);
      else return undefined;
    }
  }
  return factor;
}

/**
 * The same for a matrix that rounding may have made slightly indefinite: its diagonal is raised by as little as helps, at
 * most by a thousandth.
 * @throws {RangeError} if that does not help: the matrix holds NaN, or is no covariance
 */
export function steadyCholesky(matrix: Float64Array, n: number): Float64Array {
  for (const share of [0, 1e-12, 1e-9, 1e-6, 1e-3]) {
    const factor = cholesky(
      matrix.map((value, at) => (at % (n + 1) === 0 ? value * (1 + share) : value)),
      n,
    );
    if (factor !== undefined) return factor;
  }
  throw new RangeError('the matrix is not positive definite');
}

/** x with L x = b. */
export function solveLower(factor: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    let rest = b[i]!;
    for (let k = 0, row = i * n; k < i; k += 1) rest -= factor[row + k]! * x[k]!;
    x[i] = rest / factor[i * n + i]!;
  }
  return x;
}

/** x with Lᵀ x = b. */
export function solveTransposed(factor: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = Float64Array.from(b);
  for (let i = n - 1; i >= 0; i -= 1) {
    const value = x[i]! / factor[i * n + i]!;
    x[i] = value;
    for (let k = 0, row = i * n; k < i; k += 1) x[k]! -= factor[row + k]! * value; // by rows, as they lie in memory
  }
  return x;
}

/** A⁻¹ from the factor of A. */
export function inverseFrom(factor: Float64Array, n: number): Float64Array {
  const columns = new Float64Array(n * n); // row j: column j of L⁻¹
  for (let j = 0; j < n; j += 1) {
    columns[j * n + j] = 1 / factor[j * n + j]!;
    for (let i = j + 1; i < n; i += 1) {
      let rest = 0;
      for (let k = j; k < i; k += 1) rest -= factor[i * n + k]! * columns[j * n + k]!;
      columns[j * n + i] = rest / factor[i * n + i]!;
    }
  }
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = 0;
      for (let k = i; k < n; k += 1) sum += columns[i * n + k]! * columns[j * n + k]!;
      inverse[i * n + j] = sum;
      inverse[j * n + i] = sum;
    }
  }
  return inverse;
}
