import type { Losses } from './dominance.ts';

/**
 * How much of the box below the reference the points dominate: the one number by which two fronts are compared. Exact, by
 * cutting the box into slices along the last objective (Knowles, PhD thesis, 2002), with a sweep for the last two; for n
 * points and m objectives it takes n^(m-1) log n steps.
 * @param points - losses of one trial each; what is not below the reference in everything, or a NaN, adds nothing
 * @param reference - worst losses that count, an objective each
 */
export function hypervolume(points: readonly Losses[], reference: Losses): number {
  const inside = points.filter((losses) => losses.every((loss, objective) => loss < reference[objective]!));
  return reference.length === 0 ? 0 : volume(inside, reference);
}

function volume(points: readonly Losses[], reference: Losses): number {
  if (points.length === 0) return 0;
  const last = reference.length - 1;
  if (last === 0) return reference[0]! - Math.min(...points.map(([loss]) => loss!));
  const sorted = points.toSorted((a, b) => a[last]! - b[last]!);
  if (last === 1) return area(sorted, reference);
  const rest = reference.slice(0, last);
  return sorted.reduce((sum, losses, index) => {
    const thickness = (sorted[index + 1]?.[last] ?? reference[last]!) - losses[last]!;
    return thickness === 0 ? sum : sum + thickness * volume(sorted.slice(0, index + 1), rest);
  }, 0);
}

/** @param sorted - by the second objective */
function area(sorted: readonly Losses[], [width, height]: Losses): number {
  let left = width!;
  let sum = 0;
  for (const [across, up] of sorted) {
    if (across! >= left) continue;
    sum += (left - across!) * (height! - up!);
    left = across!;
  }
  return sum;
}
