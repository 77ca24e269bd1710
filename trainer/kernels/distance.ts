import { multiply, reshape, square, subtract, sumOfFirst, sumOfLast } from './arithmetic.ts';
import { type Handle, upload } from './handle.ts';
import { defineKernel } from './kernel.ts';

interface DistanceSettings {
  /** Tokens of each text. */
  readonly lengths: readonly number[];
  /** Texts that the mean is over: those of a whole step. */
  readonly over: number;
}

/**
 * Square of the difference: the mean over numbers, over the tokens of each text, padding left out, and over texts. Rows are tokens, text by
 * text, or one for each text: (rows, width), (rows, width) → ().
 */
export const meanSquaredDistance = defineKernel<'one' | 'other', DistanceSettings>({
  name: 'MeanSquaredDistance',
  saved: [],
  kept: 2,
  forward: ({ one, other }, { lengths, over }) => {
    const difference = subtract(one, other);
    const [rows, width] = one.shape as [number, number];
    const weights = rowWeights(rows, lengths, 1 / (over * width)); // (rows, 1)
    const total = sumOfFirst(reshape(multiply(sumOfLast(square(difference)), weights), rows));
    return [total, difference, weights];
  },
  gradient: (dy, _saved, kept) => {
    const [difference, weights] = kept as [Handle, Handle]; // as forward returned them
    const along = (sign: number) => multiply(multiply(difference, weights), multiply(dy, upload(Float32Array.of(2 * sign), [])));
    return { one: () => along(1), other: () => along(-1) };
  },
});

function rowWeights(rows: number, lengths: readonly number[], share: number): Handle {
  const time = rows / lengths.length;
  const weights = new Float32Array(rows);
  for (const [text, length] of lengths.entries()) {
    const tokens = time === 1 ? 1 : length;
    weights.fill(share / tokens, text * time, text * time + tokens);
  }
  return upload(weights, [rows, 1]);
}
