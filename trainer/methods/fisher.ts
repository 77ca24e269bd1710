/** What the squares of gradients tell of weights before training: the diagonal of the Fisher information, as far as texts show it. */
import type { Parameter } from '../encoder/parameters.ts';
import { add, halfSquares, multiply, pack, square } from '../kernels/arithmetic.ts';
import { download } from '../kernels/handle.ts';
import { clipFactor, halfSquaredNorms } from '../optimizer/clip.ts';
import type { Held } from './held.ts';
import type { Look } from './method.ts';

/**
 * Mean over texts of the sum of a group's squared gradients.
 * @param groupOf - undefined for weights that do not count
 */
export async function fisherTraces(
  look: Look,
  trained: readonly Parameter[],
  texts: number,
  groupOf: (parameter: Parameter) => string | undefined,
): Promise<ReadonlyMap<string, number>> {
  const groups = trained.map(groupOf);
  const traces = new Map(groups.filter((group) => group !== undefined).map((group) => [group, 0]));
  let seen = 0;
  await look.gradients({ atOnce: 1, most: texts, dropout: 'off' }, ({ gradients }) => {
    seen += 1;
    const halves = download(pack(gradients.map(({ of }) => halfSquares(of))));
    for (const [index, group] of groups.entries()) if (group !== undefined) traces.set(group, traces.get(group)! + 2 * halves[index]!); // one each
  });
  return new Map([...traces].map(([group, sum]) => [group, sum / seen]));
}

interface Squares {
  /** See `Look`. */
  readonly texts: Parameters<Look['gradients']>[0];
  /** Gradients are clipped to it before they are squared. */
  readonly clipNorm?: number;
  /** Of which weights. */
  counts(parameter: Parameter): boolean;
}

/** Sums the squared gradients of all that is looked at, number by number, into what is held as `squaresOf`. */
export function sumSquares(look: Look, trained: readonly Parameter[], { texts, clipNorm, counts }: Squares, held: Held): Promise<void> {
  return look.gradients(texts, ({ gradients }) => {
    const factor = clipNorm === undefined ? undefined : clipFactor(halfSquaredNorms(gradients.map(({ of }) => of)), clipNorm);
    for (const [index, parameter] of trained.entries()) {
      if (!counts(parameter)) continue;
      const { of } = gradients[index]!; // in the same order
      const squared = square(factor === undefined ? of : multiply(of, factor));
      const before = held.get(squaresOf(parameter));
      held.set(squaresOf(parameter), before === undefined ? squared : add(before, squared));
    }
  });
}

export const squaresOf = ({ name }: Parameter): string => `squares.${name}`;

/** A weight of an encoder layer, of which every text has a gradient for all numbers. */
export const isInLayer = ({ layer }: Parameter): boolean => layer !== 'embeddings' && layer !== 'head';
