import { multiply } from './arithmetic.ts';
import { defineKernel } from './kernel.ts';
import { constant } from './operation.ts';

/** `factor · x`, of any shape. */
export const scaled = defineKernel<'x', { readonly factor: number }>({
  name: 'Scaled',
  saved: [],
  kept: 0,
  forward: ({ x }, { factor }) => [multiply(x, constant(factor))],
  gradient: (dy, _saved, _kept, { factor }) => ({ x: () => multiply(dy, constant(factor)) }),
});
