import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import fc from 'fast-check';
import { Refusal } from './refusal.ts';
import { openSafetensors, type StoredTensor, writeSafetensors } from './safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'permafrost-safetensors-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'model.safetensors');

const tensor: fc.Arbitrary<StoredTensor> = fc
  .array(fc.nat({ max: 4 }), { maxLength: 3 })
  .chain((shape) => fc.record({ shape: fc.constant(shape), data: fc.float32Array(lengthOf(shape)) }));

function lengthOf(shape: readonly number[]): { minLength: number; maxLength: number } {
  const size = shape.reduce((product, each) => product * each, 1);
  return { minLength: size, maxLength: size };
}

const name = fc.stringMatching(/^[a-z][a-z0-9._]{0,20}$/);

test('what was written is read back, bit for bit', () => {
  fc.assert(
    fc.property(fc.dictionary(name, tensor), (tensors) => {
      writeSafetensors(path, new Map(Object.entries(tensors)));
      const file = openSafetensors(path);
      assert.deepEqual([...file.names].toSorted(), Object.keys(tensors).toSorted());
      for (const [key, { shape, data }] of Object.entries(tensors)) assert.deepEqual(file.read(key), { shape, data });
      file.close();
    }),
    { numRuns: 50 },
  );
});

test('the data starts at a multiple of 8 bytes, in the order of the names', () => {
  writeSafetensors(
    path,
    new Map([
      ['b', one(2)],
      ['a', one(1)],
    ]),
  );
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE());
  assert.equal(length % 8, 0);
  assert.deepEqual([bytes.readFloatLE(8 + length), bytes.readFloatLE(12 + length)], [1, 2]);
});

test('cutting a file short at any byte is noticed', () => {
  writeSafetensors(path, new Map([['weight', one(1)]]));
  const whole = readFileSync(path);
  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(path, whole.subarray(0, length));
    assert.throws(() => openSafetensors(path), Refusal, `cut at ${length}`);
  }
});

test('half and brain floats become float32', () => {
  const halves = [0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555]; // 1, -2, smallest subnormal, infinity, 1/3
  writeRaw({ h: { dtype: 'F16', shape: [5], data_offsets: [0, 10] }, b: { dtype: 'BF16', shape: [2], data_offsets: [10, 14] } }, [
    ...halves,
    0x3f80,
    0xc040,
  ]);
  const file = openSafetensors(path);
  assert.deepEqual([...file.read('h').data], [1, -2, 2 ** -24, Infinity, 0.333251953125]);
  assert.deepEqual([...file.read('b').data], [1, -3]);
  file.close();
});

const wrong: readonly { name: string; header: unknown; halves: number; want: RegExp }[] = [
  {
    name: 'a size that is not the shape’s',
    header: { w: entry({ shape: [3] }) },
    halves: 2,
    want: /tensor w: F16 of shape \[3\] takes 6 bytes, but its place has 4/,
  },
  {
    name: 'a gap',
    header: { w: entry({ data_offsets: [2, 6] }) },
    halves: 3,
    want: /tensor w: starts at byte 2, but the tensor before it ends at 0/,
  },
  {
    name: 'an overlap',
    header: { v: entry({}), w: entry({ data_offsets: [2, 6] }) },
    halves: 3,
    want: /tensor w: starts at byte 2, but the tensor before it ends at 4/,
  },
  { name: 'an unknown type', header: { w: entry({ dtype: 'F12' }) }, halves: 2, want: /tensor w: dtype must be one of .*, got "F12"/ },
  {
    name: 'a shape that is none',
    header: { w: entry({ shape: [-1] }) },
    halves: 2,
    want: /tensor w: shape must be a list of sizes, got \[-1\]/,
  },
  { name: 'bytes that belong to nothing', header: { w: entry({}) }, halves: 5, want: /tensors take 4 bytes, but the file holds 10/ },
  { name: 'a header that is no object', header: [], halves: 0, want: /header must be an object/ },
];
for (const { name: what, header, halves, want } of wrong) {
  test(`refused: ${what}`, () => {
    writeRaw(header, Array<number>(halves).fill(0));
    assert.throws(() => openSafetensors(path), { name: 'Refusal', exitCode: 65, message: want });
  });
}

test('a missing file, a missing tensor, and integers where weights belong are named', () => {
  assert.throws(() => openSafetensors(join(folder, 'none')), { exitCode: 66, message: /none: there is no such file/ });
  writeRaw({ ids: { dtype: 'I16', shape: [1], data_offsets: [0, 2] } }, [7]);
  const file = openSafetensors(path);
  assert.throws(() => file.read('w'), { exitCode: 65, message: /tensor w is missing/ });
  assert.throws(() => file.read('ids'), { exitCode: 65, message: /tensor ids: dtype must be F32, F16 or BF16, got I16/ });
  file.close();
});

function one(value: number): StoredTensor {
  return { shape: [1], data: Float32Array.of(value) };
}

function entry(changed: object): object {
  return { dtype: 'F16', shape: [2], data_offsets: [0, 4], ...changed };
}

function writeRaw(header: unknown, halves: readonly number[]): void {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(path, Buffer.concat([length, json, new Uint8Array(Uint16Array.from(halves).buffer)]));
}
