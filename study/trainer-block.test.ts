import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trainerBlockOf } from './trainer-block.ts';

const trainer = { model: './model', batchSize: 16, warmup: 0.1 };
const assignment = { batchSize: 32, learningRate: 1e-3, 'layers.decay': 0.9 };

test('a searched setting takes the place of the written one', () => {
  assert.deepEqual(trainerBlockOf({ trainer }, assignment), { model: './model', batchSize: 32, warmup: 0.1 });
});

test('a program of its own gets its block as written', () => {
  assert.deepEqual(trainerBlockOf({ command: ['./train'], trainer }, assignment), trainer);
});
