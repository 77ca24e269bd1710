import { add, logSoftmax, multiply, softmax, subtract, sumOfAll, sumOfLast } from './arithmetic.ts';
import { type Handle, upload } from './handle.ts';
import { defineKernel } from './kernel.ts';

/**
 * KL(p ‖ q) + KL(q ‖ p) of p = softmax(one) and q = softmax(other), the mean over texts: (rows, labels), (rows, labels) → ().
 * The gradient for `one` is p·(d - Σ p·d) + p - q with d = log p - log q; that for `other` is the same with the two exchanged.
 */
export const symmetricDivergence = defineKernel<'one' | 'other', { readonly over: number }>({
  name: 'SymmetricDivergence',
  saved: [],
  kept: 3,
  forward: ({ one, other }, { over }) => {
    const [p, q] = [softmax(one), softmax(other)];
    const apart = subtract(logSoftmax(one), logSoftmax(other));
    const sum = sumOfAll(multiply(subtract(p, q), apart));
    return [multiply(sum, upload(Float32Array.of(1 / over), [])), p, q, apart];
  },
  gradient: (dy, _saved, kept, { over }) => {
    const [p, q, apart] = kept as [Handle, Handle, Handle]; // as forward returned them
    const share = () => multiply(dy, upload(Float32Array.of(1 / over), []));
    const through = (own: Handle) => multiply(own, subtract(apart, sumOfLast(multiply(own, apart))));
    return {
      one: () => multiply(add(through(p), subtract(p, q)), share()),
      other: () => multiply(subtract(subtract(q, p), through(q)), share()),
    };
  },
});
