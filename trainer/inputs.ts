/** Texts as inputs of the model, with the output of the frozen prefix computed once where that pays. */
import { lengthBatches } from './batches.ts';
import { padBatch, type TokenBatch, type Tokens } from './encoder/batch.ts';
import { toHost, upload } from './kernels/handle.ts';
import type { Input, Model } from './model.ts';

export interface InputSource {
  /** Batches that need the least work, for a pass without training: indices of texts. */
  readonly batches: readonly (readonly number[])[];
  /**
   * The texts of these indices as one batch. The caller releases `prefix`.
   * @param among - of whose words the batch has rows, see `padBatch`
   */
  input(indices: readonly number[], among?: readonly number[]): Input;
}

export interface InputSettings {
  readonly padId: number;
  /** How often each text will be asked for, about. Keeping the prefix's output pays from the second time on. */
  readonly uses: number;
  /** Largest size of what is kept. When it would not fit, nothing is kept. */
  readonly cacheBytes: number;
}

/** Padded tokens in a batch without training: enough to keep the processor busy, few enough to stay in its caches. */
const positionsAtOnce = 1024;

/** @param texts - not empty */
export function inputSource(model: Model, texts: readonly Tokens[], { padId, uses, cacheBytes }: InputSettings): InputSource {
  const batches = lengthBatches(
    texts.map(({ ids }) => ids.length),
    positionsAtOnce,
  );
  const textsOf = (indices: readonly number[]) => indices.map((index) => texts[index]!);
  const pad = (indices: readonly number[], among = indices) => padBatch(textsOf(indices), padId, model.config.longest, textsOf(among));
  if (model.frozenPrefix === 0) return { batches, input: (indices, among) => ({ batch: pad(indices, among) }) };

  const kept = rowsKept(model, texts);
  if (uses <= 1 || kept.bytes > cacheBytes) return { batches, input: (indices) => withPrefix(model, pad(indices)) };
  return { batches, input: cachedInput(model, batches, pad, kept) };
}

function withPrefix(model: Model, batch: TokenBatch): Input {
  return { batch, prefix: model.runPrefix(batch) };
}

interface Kept {
  readonly bytes: number;
  /** Rows of the prefix's output that belong to a text: its tokens, or the one that the head reads. */
  readonly rowsOf: (text: number) => number;
  readonly isFirstOnly: boolean;
}

function rowsKept({ config, frozenPrefix }: Model, texts: readonly Tokens[]): Kept {
  const isFirstOnly = frozenPrefix === config.layers + 1; // see `encode`
  const rowsOf = (text: number) => (isFirstOnly ? 1 : texts[text]!.ids.length);
  const rows = texts.reduce((sum, _, text) => sum + rowsOf(text), 0);
  return { bytes: rows * config.hidden * 4, rowsOf, isFirstOnly };
}

/**
 * The prefix's output is always computed in `batches`, whatever batch asks for it: rounding depends on a batch's shape, and a resumed run
 * must see the same bits as the uninterrupted one.
 */
function cachedInput(
  { config, runPrefix }: Model,
  batches: InputSource['batches'],
  pad: (indices: readonly number[]) => TokenBatch,
  { rowsOf, isFirstOnly }: Kept,
): InputSource['input'] {
  const { hidden } = config;
  const cache = new Map<number, Float32Array>(); // text → (its rows, hidden)
  const batchOf = new Map(batches.flatMap((batch) => batch.map((text) => [text, batch] as const)));

  const fill = (indices: readonly number[]) => {
    const batch = pad(indices);
    const output = toHost(() => runPrefix(batch));
    const stride = (isFirstOnly ? 1 : batch.time) * hidden;
    for (const [row, text] of indices.entries()) cache.set(text, output.slice(row * stride, row * stride + rowsOf(text) * hidden));
  };

  return (indices) => {
    const batch = pad(indices);
    const rows = isFirstOnly ? 1 : batch.time;
    const data = new Float32Array(batch.size * rows * hidden); // padding stays 0: the mask hides it
    for (const [row, text] of indices.entries()) {
      if (!cache.has(text)) fill(batchOf.get(text)!); // every text is in a batch
      data.set(cache.get(text)!, row * rows * hidden);
    }
    return { batch, prefix: upload(data, [batch.size * rows, hidden]) };
  };
}
