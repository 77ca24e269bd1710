/** The name that was probably meant, if one is near: it contains what was typed, or at most a third of its letters differ. Case does not count. */
function nearest(typed: string, known: readonly string[]): string | undefined {
  const ranked = known.map((name) => ({ name, distance: distanceTo(name, typed) })).toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.floor(best.name.length / 3) ? best.name : undefined;
}

function distanceTo(name: string, typed: string): number {
  const [a, b] = [name.toLowerCase(), typed.toLowerCase()];
  return b.length >= 3 && a.includes(b) ? 0 : editDistance(a, b);
}

/** "did you mean …?" where a known name is near, else all that are known. */
export function suggestion(typed: string, known: readonly string[]): string {
  const meant = nearest(typed, known);
  return meant === undefined ? `known are ${known.join(', ')}` : `did you mean ${meant}?`;
}

/** Letters to insert, delete or replace. Source: Wagner, Fischer, JACM 1974. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])));
    }
    row = next;
  }
  return row[b.length]!;
}
