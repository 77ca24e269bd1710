import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededStream } from '../../study/random.ts';
import type { Parameter } from '../encoder/parameters.ts';
import type { Gradient } from '../engine/graph.ts';
import { download, type Handle, release, tensorsOnDevice, toHost, upload } from '../kernels/handle.ts';
import { adamW, type Optimizer } from './adamw.ts';

const [height, width] = [64, 8] as const;
const table: Parameter = {
  name: 'embeddings.word',
  layer: 'embeddings',
  shape: [height, width],
  kind: 'weight',
  stored: [],
  start: 'stored',
};
const random = seededStream(3, 0);
const numbers = (rows: number): Float32Array => Float32Array.from({ length: rows * width }, () => 2 * random.uniform() - 1);
const first = numbers(height);
const zeros = new Float32Array(height * width);

type Values = Readonly<Record<'weight' | 'mean' | 'square', Float32Array>>;

/** Takes large steps with much decay, so that each row moves. */
function optimizerAt({ weight, mean, square }: Values = { weight: first, mean: zeros, square: zeros }): Optimizer {
  const at = (values: Float32Array): Handle => upload(values, table.shape);
  return adamW([{ parameter: table, learningRate: 0.1, weight: at(weight), mean: at(mean), square: at(square) }], {
    weightDecay: 0.5,
    clipNorm: 1,
  });
}

interface Step {
  readonly rows: Int32Array;
  readonly values: Float32Array;
}
const someRows = (...rows: readonly number[]): Step => ({ rows: Int32Array.from(rows), values: numbers(rows.length) });
/** Rows come back, new ones come between them, and one step has all that the one before had. */
const few = [someRows(7, 3), someRows(3, 40, 5), someRows(5, 3, 40), someRows(63, 0)];
/** More than a quarter of the table. */
const many = someRows(...Array.from({ length: 20 }, (_, index) => 3 * index));

const rowsOf = ({ rows, values }: Step): Gradient => ({ of: upload(values, [rows.length, width]), rows });
function wholeOf({ rows, values }: Step): Gradient {
  const whole = new Float32Array(height * width);
  for (const [at, row] of rows.entries()) whole.set(values.subarray(at * width, (at + 1) * width), row * width);
  return { of: upload(whole, table.shape) };
}

/** @param count - of the step, from 1 */
function take(optimizer: Optimizer, gradient: Gradient, count: number): void {
  release(optimizer.step([gradient], () => ({ count, share: 1 })));
}

function valuesOf(optimizer: Optimizer): Values {
  const { weight, mean, square } = optimizer.moments(table.name);
  const values = { weight: download(weight), mean: download(mean), square: download(square) };
  for (const handle of [weight, mean, square]) release(handle);
  return values;
}

for (const { name, steps } of [
  { name: 'few rows', steps: few },
  { name: 'few rows, then many', steps: [...few, many, someRows(1, 2)] },
  { name: 'many rows, then few', steps: [many, ...few] },
]) {
  test(`${name} of a table are stepped as the whole table would be, bit for bit`, () => {
    const [byRows, byTable] = [optimizerAt(), optimizerAt()];
    for (const [index, step] of steps.entries()) {
      take(byRows, rowsOf(step), index + 1);
      take(byTable, wholeOf(step), index + 1);
      const want = valuesOf(byTable);
      assert.deepEqual(valuesOf(byRows), want, `step ${index + 1}`);
      const read = toHost(() => byRows.rows(table.name, Int32Array.of(5, 7, 63, 11))); // some that have moved, some that have not
      assert.deepEqual(
        read,
        Float32Array.from([5, 7, 63, 11].flatMap((row) => [...want.weight.subarray(row * width, (row + 1) * width)])),
        `rows after step ${index + 1}`,
      );
      const weight = byRows.weight(table.name);
      assert.deepEqual(download(weight), want.weight);
      release(weight);
    }
    for (const optimizer of [byRows, byTable]) optimizer.dispose();
  });
}

test('a gradient of the whole table may follow gradients of its rows', () => {
  const [mixed, byTable] = [optimizerAt(), optimizerAt()];
  for (const [index, step] of few.entries()) {
    take(mixed, index === 2 ? wholeOf(step) : rowsOf(step), index + 1);
    take(byTable, wholeOf(step), index + 1);
  }
  assert.deepEqual(valuesOf(mixed), valuesOf(byTable));
  for (const optimizer of [mixed, byTable]) optimizer.dispose();
});

test('what is resumed in the middle goes on as if it had not been interrupted', () => {
  const whole = optimizerAt();
  for (const [index, step] of few.entries()) take(whole, rowsOf(step), index + 1);
  const before = optimizerAt();
  for (const [index, step] of few.slice(0, 2).entries()) take(before, rowsOf(step), index + 1);
  const after = optimizerAt(valuesOf(before));
  for (const [index, step] of few.slice(2).entries()) take(after, rowsOf(step), index + 3);
  assert.deepEqual(valuesOf(after), valuesOf(whole));
  for (const optimizer of [whole, before, after]) optimizer.dispose();
});

test('a table that is set anew is set in all its rows', () => {
  const optimizer = optimizerAt();
  take(optimizer, rowsOf(few[0]!), 1);
  const other = numbers(height);
  const value = upload(other, table.shape);
  optimizer.assign(table.name, value);
  release(value);
  assert.deepEqual(valuesOf(optimizer).weight, other);
  optimizer.dispose();
});

test('no tensor is left', () => {
  const before = tensorsOnDevice();
  const optimizer = optimizerAt();
  for (const [index, step] of [...few, many].entries()) take(optimizer, rowsOf(step), index + 1);
  valuesOf(optimizer);
  optimizer.dispose();
  assert.equal(tensorsOnDevice(), before);
});
