import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { patchAddon } from './addon-patch.ts';
import { tfjsFolder } from './layout.ts';
import { tf } from './tensorflow.ts';

test('the patch fits the installed source once, and not a second time', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'permafrost-patch-'));
  const source = () => readFileSync(path.join(folder, 'tfjs_backend.cc'), 'utf8');
  cpSync(path.join(tfjsFolder, 'binding'), folder, { recursive: true });
  assert.match(source(), /auto_ref/);
  patchAddon(folder);
  const uses = source()
    .split('\n')
    .filter((line) => line.includes('auto_ref') && !line.includes('#include'));
  assert.ok(
    uses.every((line) => !line.includes('new') && !line.includes('TF_NewTensor')),
    uses.join('\n'),
  );
  assert.throws(() => patchAddon(folder), /tfjs_backend\.cc: must have the patched place once, it has it 0 times/);
  rmSync(folder, { recursive: true });
});

test('a tensor keeps its values when the array that it was made of is filled again', () => {
  for (let offset = 0; offset < 16; offset += 1) {
    const array = new Float32Array(64).subarray(offset, offset + 32).fill(2); // one of 16 begins at a multiple of 64 bytes, which TensorFlow would share
    const tensor = tf.tensor1d(array);
    assert.equal(tf.sum(tensor).dataSync()[0], 64); // from here on TensorFlow has it
    array.fill(9);
    assert.equal(tf.sum(tensor).dataSync()[0], 64, `at ${offset}`);
  }
});

test('arrays of every kind and size are copied whole', () => {
  assert.deepEqual([...tf.add(tf.tensor1d(Float32Array.of(7, 8, 9).subarray(1)), 0).dataSync()], [8, 9]);
  assert.deepEqual([...tf.add(tf.tensor1d(Int32Array.of(-1, 2)), tf.scalar(0, 'int32')).dataSync()], [-1, 2]);
  assert.deepEqual([...tf.logicalNot(tf.tensor1d(Uint8Array.of(1, 0), 'bool')).dataSync()], [0, 1]);
  assert.deepEqual(tf.add(tf.zeros([0, 3]), 1).shape, [0, 3]);
});
