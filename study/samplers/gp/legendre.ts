/**
 * Shifted Legendre polynomials of degree 1 and up: on [0, 1] their mean is 0, their mean square 1, and no two overlap. The
 * effect of one number, whatever its shape, is a sum of them, in which the first few say nearly all of a smooth one.
 * @param x - in [0, 1]
 * @param out - one entry per degree
 */
export function legendre(x: number, out: Float64Array): void {
  const t = 2 * x - 1;
  for (let degree = 1, before = 1, now = t; degree <= out.length; degree += 1) {
    out[degree - 1] = now * Math.sqrt(2 * degree + 1);
    [before, now] = [now, ((2 * degree + 1) * t * now - degree * before) / (degree + 1)];
  }
}

/** Their derivatives. */
export function legendreSlopes(x: number, out: Float64Array): void {
  const t = 2 * x - 1;
  let [before, now, slopeBefore, slope] = [1, t, 0, 1];
  for (let degree = 1; degree <= out.length; degree += 1) {
    out[degree - 1] = 2 * slope * Math.sqrt(2 * degree + 1);
    [before, now, slopeBefore, slope] = [
      now,
      ((2 * degree + 1) * t * now - degree * before) / (degree + 1),
      slope,
      slopeBefore + (2 * degree + 1) * now,
    ];
  }
}
