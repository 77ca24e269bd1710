import { add } from './arithmetic.ts';
import { defineKernel } from './kernel.ts';

/** `a + b`, of one shape. */
export const sum = defineKernel<'a' | 'b'>({
  name: 'Sum',
  saved: [],
  kept: 0,
  forward: ({ a, b }) => [add(a, b)],
  gradient: (dy) => ({ a: () => dy, b: () => dy }),
});
