import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { epochBatches, lengthBatches } from './batches.ts';
import { padBatch } from './encoder/batch.ts';

const lengths = fc.array(fc.integer({ min: 2, max: 64 }), { minLength: 1, maxLength: 300 });
const seed = fc.nat({ max: 1000 });

test('an epoch has every text once, in full batches but one', () => {
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 32 }), seed, (texts, batchSize, order) => {
      const batches = epochBatches(texts, batchSize, order, 3);
      assert.deepEqual(
        batches.flat().toSorted((a, b) => a - b),
        [...texts.keys()],
      );
      assert.equal(batches.length, Math.ceil(texts.length / batchSize));
      assert.ok(batches.filter((batch) => batch.length !== batchSize).length <= 1);
    }),
    { numRuns: 50 },
  );
});

test('the order follows from seed and epoch', () => {
  const texts = Array.from({ length: 100 }, (_, index) => 2 + (index % 9));
  assert.deepEqual(epochBatches(texts, 8, 1, 0), epochBatches(texts, 8, 1, 0));
  assert.notDeepEqual(epochBatches(texts, 8, 1, 0), epochBatches(texts, 8, 1, 1));
  assert.notDeepEqual(epochBatches(texts, 8, 1, 0), epochBatches(texts, 8, 2, 0));
});

test('texts of like length go together', () => {
  const texts = Array.from({ length: 128 }, (_, index) => 2 + ((index * 7) % 32));
  const padding = (batches: readonly (readonly number[])[]) =>
    batches.reduce((sum, batch) => sum + batch.length * Math.max(...batch.map((text) => texts[text]!)), 0);
  const total = texts.reduce((sum, length) => sum + length, 0);
  assert.ok(padding(epochBatches(texts, 16, 1, 0)) < 1.2 * total);
});

test('batches without training have every text once and keep to their size', () => {
  fc.assert(
    fc.property(lengths, (texts) => {
      const batches = lengthBatches(texts, 256);
      assert.deepEqual(
        batches.flat().toSorted((a, b) => a - b),
        [...texts.keys()],
      );
      for (const batch of batches) assert.ok(batch.length * Math.max(...batch.map((text) => texts[text]!)) <= 256);
    }),
    { numRuns: 50 },
  );
});

test('a batch is as long as its longest text', () => {
  const text = (length: number) => ({ ids: Int32Array.from({ length }, (_, index) => 5 + index), types: new Int32Array(length).fill(1) });
  const { time, words, wordIndex, types, mask } = padBatch([text(2), text(9)], 0);
  assert.equal(time, 9);
  assert.deepEqual(
    [...wordIndex.subarray(0, 4)].map((index) => words[index]),
    [5, 6, 0, 0],
  );
  assert.deepEqual([...types.subarray(0, 4)], [1, 1, 0, 0]);
  assert.deepEqual([...mask.subarray(0, 4)], [0, 0, -1e9, -1e9].map(Math.fround));
});
