import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { readEncoderConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'permafrost-config-'));
after(() => rmSync(folder, { recursive: true }));
const good = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/tiny-bert/config.json'), 'utf8')) as object;

function reading(changes: object): () => unknown {
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...good, ...changes }));
  return () => readEncoderConfig(folder);
}

const refused: readonly { name: string; changes: object; message: RegExp }[] = [
  {
    name: 'another family',
    changes: { model_type: 'gpt2' },
    message: /model_type: must be one of "bert", .*, the families that this trainer knows, got "gpt2"/,
  },
  { name: 'another activation', changes: { hidden_act: 'relu' }, message: /hidden_act: must be "gelu".*got "relu"/ },
  {
    name: 'heads that do not divide',
    changes: { num_attention_heads: 5 },
    message: /num_attention_heads: must be a divisor of hidden_size 32, got 5/,
  },
  { name: 'no layers', changes: { num_hidden_layers: 0 }, message: /num_hidden_layers: must be a whole number above 0, got 0/ },
];
for (const { name, changes, message } of refused) {
  test(`refused: ${name}`, () => assert.throws(reading(changes), { exitCode: 64, message }));
}

test('what old files leave out has its usual value', () => {
  const config = reading({ layer_norm_eps: undefined, hidden_dropout_prob: undefined, position_embedding_type: undefined })();
  assert.deepEqual(config, { ...(reading({})() as object), layerNormEpsilon: 1e-12, hiddenDropout: 0.1 });
});

test('a missing file and one that is no JSON are named', () => {
  assert.throws(() => readEncoderConfig(join(folder, 'none')), { exitCode: 66, message: /none\/config\.json: there is no such file/ });
  writeFileSync(join(folder, 'config.json'), '{');
  assert.throws(() => readEncoderConfig(folder), { exitCode: 65, message: /config\.json: must be JSON/ });
});

test('DistilBERT’s own field names are read, and its own dropout', () => {
  const distilbert = readEncoderConfig(join(import.meta.dirname, '../fixtures/tiny-distilbert'));
  const { layers, hidden, heads, intermediate, tokenTypes, hiddenDropout, attendedDropout, headDropout } = distilbert;
  assert.deepEqual(
    { layers, hidden, heads, intermediate, tokenTypes, hiddenDropout, attendedDropout, headDropout },
    { layers: 2, hidden: 12, heads: 3, intermediate: 16, tokenTypes: 0, hiddenDropout: 0.1, attendedDropout: 0, headDropout: 0.2 },
  );
});

test('a classifier’s dropout is its own if it has one, else that of the layers', () => {
  const headDropout = (changes: object) => (reading(changes)() as { headDropout: number }).headDropout;
  assert.equal(headDropout({ hidden_dropout_prob: 0.3 }), 0.3);
  assert.equal(headDropout({ hidden_dropout_prob: 0.3, classifier_dropout: null }), 0.3);
  assert.equal(headDropout({ hidden_dropout_prob: 0.3, classifier_dropout: 0.05 }), 0.05);
});

test('RoBERTa’s positions begin after the padding’s', () => {
  const { positions, firstPosition, longest, tokenTypes } = readEncoderConfig(join(import.meta.dirname, '../fixtures/tiny-roberta'));
  assert.deepEqual({ positions, firstPosition, longest, tokenTypes }, { positions: 24, firstPosition: 2, longest: 22, tokenTypes: 1 });
  const roberta = (padding: object) => (reading({ model_type: 'roberta', ...padding })() as { longest: number }).longest;
  assert.equal(roberta({}), 38);
  assert.equal(roberta({ pad_token_id: 0 }), 39);
  assert.throws(() => roberta({ pad_token_id: 39 }), { exitCode: 64, message: /pad_token_id: must be 0 to 38, a position, got 39/ });
});

test('ELECTRA’s embeddings are as wide as it says', () => {
  const electra = (width: object) => (reading({ model_type: 'electra', ...width })() as { embeddingWidth: number }).embeddingWidth;
  assert.equal(electra({ embedding_size: 8 }), 8);
  assert.equal(electra({}), 128, 'the value that transformers leaves out');
});
