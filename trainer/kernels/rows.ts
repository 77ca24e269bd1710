/** What takes rows of a matrix or a table. */
import { add, gather, indices, padAfter, reshape, scatterSum, slice, sumOfFirst } from './arithmetic.ts';
import type { Handle } from './handle.ts';
import { defineKernel } from './kernel.ts';

/** Rows of a table: (count, width) → (rows, width). A row may be taken several times. */
export const rowsOf = defineKernel<'table', { readonly rows: Int32Array; readonly count: number }>({
  name: 'Rows',
  saved: [],
  kept: 1,
  forward: ({ table }, { rows }) => {
    const taken = indices(rows);
    return [gather(table, taken), taken];
  },
  gradient: (dy, _saved, [taken], { count }) => ({ table: () => scatterSum(dy, taken!, count) }), // forward kept it
});

/** Adds the same rows of a table, from `first` on, to each text: (texts · time, width), (count, width) → (texts · time, width). */
export const addPositions = defineKernel<'x' | 'table', { readonly texts: number; readonly first: number; readonly count: number }>({
  name: 'AddPositions',
  saved: [],
  kept: 0,
  forward: ({ x, table }, { texts, first }) => {
    const byText = splitTexts(x, texts);
    const [, time, width] = byText.shape as [number, number, number];
    return [joinTexts(add(byText, slice(table, [first, 0], [time, width])))];
  },
  gradient: (dy, _saved, _kept, { texts, first, count }) => ({
    x: () => dy,
    table: () => {
      const time = dy.shape[0]! / texts;
      return padAfter(sumOfFirst(splitTexts(dy, texts)), 0, first, count - first - time);
    },
  }),
});

/** The first position of each text: (texts · time, width) → (texts, width). */
export const firstRows = defineKernel<'x', { readonly texts: number; readonly time: number }>({
  name: 'FirstRows',
  saved: [],
  kept: 0,
  forward: ({ x }, { texts, time }) => {
    const width = x.shape[1]!; // rank 2
    return [slice(reshape(x, texts, time * width), [0, 0], [texts, width])];
  },
  gradient: (dy, _saved, _kept, { texts, time }) => ({
    x: () => {
      const width = dy.shape[1]!;
      return reshape(padAfter(dy, 1, 0, (time - 1) * width), texts * time, width);
    },
  }),
});

/** (texts · time, width) → (texts, time, width) */
function splitTexts(x: Handle, texts: number): Handle {
  const [rows, width] = x.shape as [number, number];
  return reshape(x, texts, rows / texts, width);
}

function joinTexts(x: Handle): Handle {
  const [texts, time, width] = x.shape as [number, number, number];
  return reshape(x, texts * time, width);
}
