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

test('what is searched for one layer goes beside what all others have, in whatever order', () => {
  const searched = {
    'mixout.rate.3': 0.9,
    'mixout.rate': 0.2,
    'lora.rank.0': 0,
    'wiseft.alpha.embeddings': 0,
    'mixout.rate.others': 1,
    'mixout.rate.embeddings': 1,
    'dps.variant.0': 1,
  };
  const written = { ...trainer, wiseft: { alpha: { others: 0.8, 1: 0.7 } } };
  assert.deepEqual(trainerBlockOf({ trainer: written }, searched), {
    ...trainer,
    mixout: { rate: { others: 0.2, 3: 0.9 } },
    lora: { rank: { others: 8, 0: 0 } },
    wiseft: { alpha: { others: 0.8, 1: 0.7, embeddings: 0 } },
  });
});

test("a searched setting of a method goes into that method's block, beside what is written there", () => {
  const written = { ...trainer, dps: { variant: 'mix', reserve: 0.7 } };
  const searched = { method: 'dps', 'dps.reserve': 0.4, 'layers.dps': 1, 'dps.other': 1 };
  assert.deepEqual(trainerBlockOf({ trainer: written }, searched), { ...trainer, method: 'dps', dps: { variant: 'mix', reserve: 0.4 } });
});
