/** A function's value and gradient at a point. */
export interface Slope {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Steps that the curvature is estimated from. */
const memory = 8;

/**
 * The lowest point that a bounded number of steps finds, never worse than the start. Limited-memory BFGS in a box: what
 * stands at a bound and would leave it is held there for the step.
 * @see Nocedal, Wright: Numerical Optimization, 2006, algorithms 7.4 and 7.5; projection as in Bertsekas, SIAM J. Control 1982
 */
export function minimize(
  slopeAt: (x: Float64Array) => Slope,
  start: Float64Array,
  { lower, upper }: Bounds,
  steps: number,
): { readonly x: Float64Array; readonly value: number } {
  let x = start.map((value, i) => Math.min(upper[i]!, Math.max(lower[i]!, value)));
  let here = slopeAt(x);
  const history: { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[] = [];
  for (let step = 0; step < steps; step += 1) {
    const isHeld = (i: number) => (here.gradient[i]! > 0 ? x[i]! <= lower[i]! : x[i]! >= upper[i]!);
    const free = here.gradient.map((slope, i) => (isHeld(i) ? 0 : slope));
    const length = Math.hypot(...free);
    if (!(length > 1e-6)) break;
    let direction = downhill(free, history).map((value, i) => (isHeld(i) ? 0 : value));
    let descent = dot(direction, free);
    if (!(descent < 0)) {
      history.length = 0;
      direction = free.map((slope) => -slope / Math.max(1, length));
      descent = dot(direction, free);
    }
    const next = lineSearch(slopeAt, x, here, direction, { lower, upper });
    if (next === undefined) {
      if (history.length === 0) break;
      history.length = 0;
      continue;
    }
    const s = next.x.map((value, i) => value - x[i]!);
    const y = next.slope.gradient.map((value, i) => value - here.gradient[i]!);
    const curvature = dot(s, y);
    if (curvature > 1e-10) history.push({ s, y, rho: 1 / curvature });
    if (history.length > memory) history.shift();
    const gain = here.value - next.slope.value;
    x = next.x;
    here = next.slope;
    if (gain < 1e-9 * Math.max(1, Math.abs(here.value))) break;
  }
  return { x, value: here.value };
}

function lineSearch(slopeAt: (x: Float64Array) => Slope, x: Float64Array, here: Slope, direction: Float64Array, { lower, upper }: Bounds) {
  for (let length = 1, tries = 0; tries < 12; length /= 3, tries += 1) {
    const next = x.map((value, i) => Math.min(upper[i]!, Math.max(lower[i]!, value + length * direction[i]!)));
    const promised = next.reduce((sum, value, i) => sum + (value - x[i]!) * here.gradient[i]!, 0);
    const slope = slopeAt(next);
    if (slope.value <= here.value + 1e-4 * promised && promised < 0) return { x: next, slope };
  }
  return undefined;
}

function downhill(
  gradient: Float64Array,
  history: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[],
): Float64Array {
  const last = history.at(-1);
  const q = Float64Array.from(gradient);
  if (last === undefined) return q.map((slope) => -slope / Math.max(1, Math.hypot(...gradient)));
  const shares = history.map(() => 0);
  for (let i = history.length - 1; i >= 0; i -= 1) {
    const { s, y, rho } = history[i]!;
    shares[i] = rho * dot(s, q);
    for (let k = 0; k < q.length; k += 1) q[k]! -= shares[i]! * y[k]!;
  }
  const scale = 1 / (last.rho * dot(last.y, last.y));
  for (let k = 0; k < q.length; k += 1) q[k]! *= scale;
  for (const [i, { s, y, rho }] of history.entries()) {
    const back = rho * dot(y, q);
    for (let k = 0; k < q.length; k += 1) q[k]! += (shares[i]! - back) * s[k]!;
  }
  return q.map((value) => -value);
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
