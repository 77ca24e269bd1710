import { add, gather, indices, reshape, scatterSum } from './arithmetic.ts';
import { defineKernel } from './kernel.ts';

/** `weight` with values added at some places, which are counted row by row: (in, out), (places, 1) → (in, out). */
export const sparseSum = defineKernel<'weight' | 'values', { readonly places: Int32Array }>({
  name: 'SparseSum',
  saved: [],
  kept: 0,
  forward: ({ weight, values }, { places }) => {
    const [inputs, outputs] = weight.shape as [number, number];
    const spread = scatterSum(reshape(values, places.length), indices(places), inputs * outputs);
    return [add(weight, reshape(spread, inputs, outputs))];
  },
  gradient: (dy, _saved, _kept, { places }) => ({
    weight: () => dy,
    values: () => reshape(gather(reshape(dy, dy.shape[0]! * dy.shape[1]!), indices(places)), places.length, 1), // rank 2
  }),
});
