/** What makes one vector of a text out of many. */
import { batchProduct, concatenate, multiply, reshape, slice, softmax, subtract, sumOfAll, sumOfFirst, sumOfLast } from './arithmetic.ts';
import { type Handle, upload } from './handle.ts';
import { defineKernel } from './kernel.ts';

/** Mean over each text's tokens, padding left out: (texts · time, width) → (texts, width). */
export const meanRows = defineKernel<'x', { readonly lengths: readonly number[]; readonly time: number }>({
  name: 'MeanRows',
  saved: [],
  kept: 1,
  forward: ({ x }, { lengths, time }) => {
    const width = x.shape[1]!; // rank 2
    const shares = new Float32Array(lengths.length * time);
    for (const [row, length] of lengths.entries()) shares.fill(1 / length, row * time, row * time + length);
    const weights = upload(shares, [lengths.length, 1, time]);
    return [reshape(batchProduct(weights, reshape(x, lengths.length, time, width)), lengths.length, width), weights];
  },
  gradient: (dy, _saved, [weights], { lengths, time }) => ({
    x: () => {
      const width = dy.shape[1]!;
      const spread = batchProduct(weights!, reshape(dy, lengths.length, 1, width), 'transposed', 'plain'); // forward kept it
      return reshape(spread, lengths.length * time, width);
    },
  }),
});

/** (rows, n), (rows, m) → (rows, n + m) */
export const beside = defineKernel<'a' | 'b'>({
  name: 'Beside',
  saved: ['a', 'b'],
  kept: 0,
  forward: ({ a, b }) => [concatenate([a, b])],
  gradient: (dy, { a, b }) => ({
    a: () => slice(dy, [0, 0], a.shape),
    b: () => slice(dy, [0, a.shape[1]!], b.shape), // rank 2
  }),
});

/**
 * Weighted mean of vectors that lie beside each other, scaled: (rows, n · width), (n), (1) → (rows, width). The weights are softmax(weights).
 * Source: the scalar mix of Peters et al., NAACL 2018, arXiv:1802.05365, equation 1.
 */
export const scalarMix = defineKernel<'x' | 'weights' | 'scale'>({
  name: 'ScalarMix',
  saved: ['x', 'weights', 'scale'],
  kept: 1,
  forward: ({ x, weights, scale }) => {
    const { rows, count, width } = mixShape(x, weights);
    const shares = softmax(reshape(weights, 1, count));
    const mixed = batchProduct(reshape(shares, 1, 1, count), reshape(x, rows, count, width)); // (rows, 1, width)
    const flat = reshape(mixed, rows, width);
    return [multiply(flat, scale), flat];
  },
  gradient: (dy, { x, weights, scale }, [mixed]) => {
    const { rows, count, width } = mixShape(x, weights);
    const shares = softmax(reshape(weights, 1, count));
    const scaled = reshape(multiply(dy, scale), rows, 1, width);
    return {
      x: () => reshape(batchProduct(reshape(shares, 1, 1, count), scaled, 'transposed', 'plain'), rows, count * width),
      weights: () => {
        const byRow = batchProduct(scaled, reshape(x, rows, count, width), 'plain', 'transposed'); // (rows, 1, count)
        const dShares = multiply(reshape(sumOfFirst(byRow), 1, count), shares);
        return reshape(subtract(dShares, multiply(shares, sumOfLast(dShares))), count);
      },
      scale: () => reshape(sumOfAll(multiply(dy, mixed!)), 1), // forward kept it
    };
  },
});

function mixShape(x: Handle, weights: Handle): { readonly rows: number; readonly count: number; readonly width: number } {
  const [rows, columns] = x.shape as [number, number];
  const count = weights.shape[0]!; // rank 1
  return { rows, count, width: columns / count };
}
