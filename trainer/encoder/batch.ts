import { tf } from '../native/tensorflow.ts';

/** Tokenised text: ids with special tokens, and which of two texts each belongs to. */
export interface Tokens {
  readonly ids: Int32Array;
  readonly types: Int32Array;
}

/** Several texts padded to one length, on the host. */
export interface TokenBatch {
  readonly size: number;
  /** Padded length. */
  readonly time: number;
  /** Each distinct token once, so that only these rows of the word table are read and have a gradient. */
  readonly words: Int32Array;
  /** (size · time): where each position's token lies in `words`. */
  readonly wordIndex: Int32Array;
  /** (size · time) */
  readonly types: Int32Array;
  /** (size · time): 0 for a token, -1e9 for padding. */
  readonly mask: Float32Array;
}

/** Lengths are rounded up to a multiple of this, so that few distinct shapes occur. */
const lengthStep = 8;

export function padBatch(texts: readonly Tokens[], padId: number, longest: number): TokenBatch {
  const time = Math.min(longest, Math.ceil(Math.max(...texts.map(({ ids }) => ids.length)) / lengthStep) * lengthStep);
  const positions = texts.length * time;
  const types = new Int32Array(positions);
  const mask = new Float32Array(positions).fill(-1e9);
  const wordIndex = new Int32Array(positions);
  const indexOf = new Map<number, number>([[padId, 0]]);
  for (const [row, text] of texts.entries()) {
    types.set(text.types, row * time);
    mask.fill(0, row * time, row * time + text.ids.length);
    for (const [column, id] of text.ids.entries()) {
      const index = indexOf.get(id) ?? indexOf.size;
      indexOf.set(id, index);
      wordIndex[row * time + column] = index;
    }
  }
  return { size: texts.length, time, words: Int32Array.from(indexOf.keys()), wordIndex, types, mask };
}

/** To be added to attention scores: (size, 1, 1, time). */
export function maskTensor({ size, time, mask }: Pick<TokenBatch, 'size' | 'time' | 'mask'>): tf.Tensor4D {
  return tf.tensor4d(mask, [size, 1, 1, time]);
}
