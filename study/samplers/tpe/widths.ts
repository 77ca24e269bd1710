/**
 * How wide a bell each of some places has: as far as to its neighbour on the farther side, so that bells meet where trials
 * are sparse and stay narrow where they are dense. The outermost look inwards only, for nothing is known beyond them.
 * @param places - in [0, 1], in any order; NaN for none, whose bell has no end
 * @param least - the narrowest bell there may be: equal places, and all of many, would else have none
 * @returns standard deviations in the order of the places, at most 1 where there is a place
 * @see Bergstra, Bardenet, Bengio, Kégl, NeurIPS 2011, section 4.1
 */
export function widthsOf(places: Float64Array, least: number): Float64Array {
  const sorted = places.toSorted(); // NaN comes last
  const last = firstAtLeast(sorted, Number.POSITIVE_INFINITY) - 1;
  const taken = new Uint32Array(places.length); // of equal places, by the rank of the first
  const widths = new Float64Array(places.length).fill(Number.POSITIVE_INFINITY);
  for (let index = 0; index < places.length; index += 1) {
    const place = places[index]!;
    if (Number.isNaN(place)) continue;
    const first = firstAtLeast(sorted, place);
    const rank = first + taken[first]!++;
    const below = rank === 0 ? 0 : place - sorted[rank - 1]!;
    const above = rank === last ? 0 : sorted[rank + 1]! - place;
    const gap = last === 0 ? Math.max(place, 1 - place) : Math.max(below, above);
    widths[index] = Math.min(1, Math.max(least, gap));
  }
  return widths;
}

/** In a sorted array, NaN last, the first index whose value is at least this; its length when there is none. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
