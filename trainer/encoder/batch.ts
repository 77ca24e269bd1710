/** Tokenised text: ids with special tokens, and which of two texts each belongs to. */
export interface Tokens {
  readonly ids: Int32Array;
  readonly types: Int32Array;
}

/** Several texts padded to the length of the longest, on the host. */
export interface TokenBatch {
  readonly size: number;
  /** Tokens of the longest text. */
  readonly time: number;
  /** Tokens of each text. */
  readonly lengths: readonly number[];
  /** Each distinct token once, so that only these rows of the word table are read and have a gradient. */
  readonly words: Int32Array;
  /** (size · time): where each position's token lies in `words`. */
  readonly wordIndex: Int32Array;
  /** (size · time) */
  readonly types: Int32Array;
  /** (size · time): 0 for a token, -1e9 for padding; to be added to attention scores. */
  readonly mask: Float32Array;
}

/** @param among - texts whose words the batch has: batches that share them give gradients of the same rows, which can be added */
export function padBatch(texts: readonly Tokens[], padId: number, among = texts): TokenBatch {
  const time = Math.max(...texts.map(({ ids }) => ids.length));
  const positions = texts.length * time;
  const types = new Int32Array(positions);
  const mask = new Float32Array(positions).fill(-1e9);
  const wordIndex = new Int32Array(positions);
  const words = Int32Array.from(new Set([padId, ...among.flatMap(({ ids }) => [...ids])]));
  const indexOf = new Map(Array.from(words, (word, index) => [word, index]));
  for (const [row, text] of texts.entries()) {
    types.set(text.types, row * time);
    mask.fill(0, row * time, row * time + text.ids.length);
    for (const [column, id] of text.ids.entries()) wordIndex[row * time + column] = indexOf.get(id)!; // `among` has all texts
  }
  return { size: texts.length, time, lengths: texts.map(({ ids }) => ids.length), words, wordIndex, types, mask };
}
