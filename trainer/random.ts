/** What the trainer draws from seeded streams. */
import type { RandomStream } from '../study/random.ts';

/** Independent normal numbers with mean 0. Source: Box and Muller, 1958. */
export function normalNumbers(random: RandomStream, count: number, deviation: number): Float32Array {
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.uniform())); // 1 - uniform() is never 0
    return deviation * radius * Math.cos(2 * Math.PI * random.uniform());
  });
}

/** A new array in random order. Source: Durstenfeld, 1964, after Fisher and Yates. */
export function shuffled<T>(items: readonly T[], random: RandomStream): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = random.int(last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!]; // both indices are inside
  }
  return result;
}
