import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openTokenizer } from './text-tokenizer.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const { truncation } = JSON.parse(readFileSync(join(fixtures, 'parity-bert/reference.json'), 'utf8')) as {
  readonly truncation: readonly { text: string; textPair?: string; longest: number; ids: number[]; types: number[] }[];
};

test('ids and types equal those of the Rust tokenizer, whatever has to be cut', () => {
  for (const { text, textPair, longest, ids, types } of truncation) {
    const got = openTokenizer(join(fixtures, 'tiny-bert'), longest).encode(text, textPair);
    assert.deepEqual({ ids: [...got.ids], types: [...got.types] }, { ids, types }, `${text} | ${textPair} to ${longest}`);
  }
});

test('padding is the tokenizer’s own', () => {
  assert.equal(openTokenizer(join(fixtures, 'tiny-bert'), 8).padId, 0);
});

test('a missing and a damaged tokenizer are named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'permafrost-tokenizer-'));
  writeFileSync(join(folder, 'tokenizer_config.json'), '{}');
  assert.throws(() => openTokenizer(folder, 8), { exitCode: 66, message: /tokenizer\.json: there is no such file/ });
  writeFileSync(join(folder, 'tokenizer.json'), '{"model": {}}');
  assert.throws(() => openTokenizer(folder, 8), { exitCode: 65, message: /tokenizer\.json: is not a tokenizer/ });
  rmSync(folder, { recursive: true });
});
