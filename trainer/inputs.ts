/** Texts as inputs of the model, with the output of the frozen prefix computed once where that pays. */
import { setImmediate } from 'node:timers/promises';
import { lengthBatches } from './batches.ts';
import { padBatch, type TokenBatch, type Tokens } from './encoder/batch.ts';
import { release, toHost, upload } from './kernels/handle.ts';
import type { Model } from './model.ts';
import type { Input } from './passes.ts';
import { openRowsFile, type Precision, type RowsFile, type RowsLayout, sizeOf } from './prefix/rows-file.ts';
import type { PrefixStore } from './prefix/store.ts';

export interface InputSource {
  /** Batches that need the least work, for a pass without training: indices of texts. */
  readonly batches: readonly (readonly number[])[];
  /** Whether the prefix's output is kept, or computed for each batch. */
  readonly prefix: 'kept' | 'computed';
  /**
   * The texts of these indices as one batch. The caller releases its `prefix`.
   * @param among - of whose words the batch has rows, see `padBatch`
   */
  input(indices: readonly number[], among?: readonly number[]): Input;
}

/** Texts with the indices of their labels, or their numbers. */
export interface Split {
  readonly source: InputSource;
  /** Tokens of each text. */
  readonly lengths: readonly number[];
  /** Texts behind those that have labels have none. */
  readonly labels: readonly number[];
}

export interface InputSettings {
  readonly padId: number;
  /** How often each text will be asked for, about. Keeping the prefix's output pays from the second time on. */
  readonly uses: number;
  readonly precision: Precision | 'off';
  readonly store: PrefixStore;
  /** Name of the file with the output of so many layers. */
  readonly nameOf: (layers: number) => string;
  /** What an earlier part of this run did. It is not decided anew: rounding differs between the two. */
  readonly before?: InputSource['prefix'];
}

/** Padded tokens in a batch without training: enough to keep the processor busy, few enough to stay in its caches. */
const positionsAtOnce = 1024;

/** @param texts - not empty */
export async function inputSource(model: Model, texts: readonly Tokens[], settings: InputSettings): Promise<InputSource> {
  const batches = lengthBatches(
    texts.map(({ ids }) => ids.length),
    positionsAtOnce,
  );
  const textsOf = (indices: readonly number[]) => indices.map((index) => texts[index]!);
  const pad = (indices: readonly number[], among = indices) => padBatch(textsOf(indices), settings.padId, textsOf(among));
  const computed = { batches, prefix: 'computed' } as const;
  if (model.frozenPrefix === 0) return { ...computed, input: (indices, among) => ({ batch: pad(indices, among) }) };

  const file = await keptOutput(model, texts, batches, pad, settings);
  if (file === undefined) return { ...computed, input: (indices, among) => withPrefix(model, pad(indices, among)) };
  return { batches, prefix: 'kept', input: (indices, among) => withRows(model, file, pad(indices, among), indices, model.frozenPrefix) };
}

function withPrefix(model: Model, batch: TokenBatch): Input {
  return { batch, prefix: model.runPrefix(batch) };
}

/** Output of so many layers as kept, padded: padding stays 0, for the mask hides it. */
function withRows(model: Model, file: RowsFile, batch: TokenBatch, indices: readonly number[], layers: number): Required<Input> {
  const width = widthOf(model, layers);
  const rows = isPooled(model, layers) ? 1 : batch.time;
  const data = new Float32Array(batch.size * rows * width);
  for (const [row, text] of indices.entries()) data.set(file.read(text), row * rows * width);
  return { batch, prefix: upload(data, [batch.size * rows, width]) };
}

/** Whether the output of so many layers is one row for a text, the one that the head reads; see `encode`. */
const isPooled = ({ config }: Model, layers: number): boolean => layers === config.layers + 1;

/** Numbers of a row: where heads see several layers, those of all of them stand side by side. */
const widthOf = (model: Model, layers: number): number =>
  model.config.hidden * (isPooled(model, layers) ? (model.seenLayers?.length ?? 1) : 1);

type Pad = (indices: readonly number[]) => TokenBatch;

/** The prefix's output for all texts, in a file. Undefined where keeping it does not pay. */
async function keptOutput(
  model: Model,
  texts: readonly Tokens[],
  batches: InputSource['batches'],
  pad: Pad,
  { uses, precision, store, nameOf, before }: InputSettings,
): Promise<RowsFile | undefined> {
  if (precision === 'off' || uses <= 1 || before === 'computed') return undefined;
  const layoutOf = (layers: number): RowsLayout => ({
    precision,
    width: widthOf(model, layers),
    rows: texts.map(({ ids }) => (isPooled(model, layers) ? 1 : ids.length)),
  });
  const open = async (layers: number): Promise<RowsFile | undefined> => {
    const path = await store.find(`${nameOf(layers)}-${precision}`);
    return path === undefined ? undefined : openRowsFile(path, layoutOf(layers), 'r');
  };
  const layers = model.frozenPrefix;
  const layout = layoutOf(layers);
  const known = await open(layers);
  if (known !== undefined) return before === 'kept' || pays(model, known, pad, batches) ? known : closed(known);

  if (!store.hasRoomFor(sizeOf(layout))) return undefined;
  const below = await shallower(layers, open);
  const path = await store.make(`${nameOf(layers)}-${precision}`, (part) => fill(part, layout));
  below?.file.close();
  const made = openRowsFile(path, layout, 'r');
  return before === 'kept' || pays(model, made, pad, batches) ? made : closed(made);

  /**
   * Always in `batches`, whatever batch asks for it later: rounding depends on a batch's shape, and a resumed run must see the same bits as the
   * uninterrupted one.
   */
  async function fill(part: string, of: RowsLayout): Promise<void> {
    const file = openRowsFile(part, of, 'wx+');
    try {
      for (const indices of batches) {
        const batch = pad(indices);
        const from =
          below === undefined
            ? undefined
            : { layers: below.layers, rows: withRows(model, below.file, batch, indices, below.layers).prefix };
        const output = toHost(() => model.runPrefix(batch, from));
        if (from !== undefined) release(from.rows);
        const stride = (isPooled(model, layers) ? 1 : batch.time) * of.width;
        for (const [row, text] of indices.entries())
          file.write(text, output.subarray(row * stride, row * stride + of.rows[text]! * of.width));
        await setImmediate(); // lets messages of the supervisor in
      }
    } finally {
      file.close();
    }
  }
}

/** The output of most layers that is there of fewer than `layers`. */
async function shallower(
  layers: number,
  open: (layers: number) => Promise<RowsFile | undefined>,
): Promise<{ readonly layers: number; readonly file: RowsFile } | undefined> {
  for (let fewer = layers - 1; fewer > 0; fewer -= 1) {
    const file = await open(fewer);
    if (file !== undefined) return { layers: fewer, file };
  }
  return undefined;
}

function closed(file: RowsFile): undefined {
  file.close();
  return undefined;
}

/** Whether reading a batch takes less time than computing it, tried out with one of middle length. */
function pays(model: Model, file: RowsFile, pad: Pad, batches: InputSource['batches']): boolean {
  const indices = batches[Math.floor(batches.length / 2)]!; // there is a batch at least
  const batch = pad(indices);
  const compute = () => toHost(() => model.runPrefix(batch));
  const read = () => toHost(() => withRows(model, file, batch, indices, model.frozenPrefix).prefix);
  return quickest(read) < quickest(compute);
}

function quickest(work: () => void): number {
  const times = [0, 1, 2].map(() => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return Math.min(...times);
}
