import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { families } from './encoder/families.ts';
import { openTokenizer } from './text-tokenizer.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
interface Case {
  readonly text: string;
  readonly textPair?: string;
  readonly longest: number;
  readonly ids: readonly number[];
  readonly types: readonly number[];
}

for (const { modelType } of families) {
  test(`ids and types equal those of the Rust tokenizer, whatever has to be cut: ${modelType}`, () => {
    const reference = readFileSync(join(fixtures, `parity-${modelType}/reference.json`), 'utf8');
    const { truncation } = JSON.parse(reference) as { readonly truncation: readonly Case[] };
    for (const { text, textPair, longest, ids, types } of truncation) {
      const got = openTokenizer(join(fixtures, `tiny-${modelType}`), longest).encode(text, textPair);
      assert.deepEqual({ ids: [...got.ids], types: [...got.types] }, { ids, types }, `${text} | ${textPair} to ${longest}`);
    }
  });
}

const paddings: readonly { name: string; family: string; config: object; padId: number }[] = [
  { name: 'as text', family: 'bert', config: { pad_token: '[MASK]' }, padId: 4 },
  { name: 'as an object', family: 'bert', config: { pad_token: { content: '[MASK]', lstrip: false } }, padId: 4 },
  { name: 'not at all, as BERT does', family: 'bert', config: {}, padId: 0 },
  { name: 'not at all, as RoBERTa does', family: 'roberta', config: {}, padId: 1 },
];
for (const { name, family, config, padId } of paddings) {
  test(`padding is the tokenizer’s own, told ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'permafrost-tokenizer-'));
    copyFileSync(join(fixtures, `tiny-${family}/tokenizer.json`), join(folder, 'tokenizer.json'));
    writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
    assert.equal(openTokenizer(folder, 8).padId, padId);
    rmSync(folder, { recursive: true });
  });
}

test('a missing and a damaged tokenizer are named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'permafrost-tokenizer-'));
  writeFileSync(join(folder, 'tokenizer_config.json'), '{}');
  assert.throws(() => openTokenizer(folder, 8), { exitCode: 66, message: /tokenizer\.json: there is no such file/ });
  writeFileSync(join(folder, 'tokenizer.json'), '{"model": {}}');
  assert.throws(() => openTokenizer(folder, 8), { exitCode: 65, message: /tokenizer\.json: is not a tokenizer/ });
  rmSync(folder, { recursive: true });
});
