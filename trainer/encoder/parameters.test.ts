import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { readEncoderConfig } from './config.ts';
import { modelParameters } from './parameters.ts';

const electra = readEncoderConfig(join(import.meta.dirname, '../fixtures/tiny-electra'));
const embeddingShapes = (embeddingWidth: number) =>
  modelParameters({ ...electra, embeddingWidth }, { outputs: 3, pooling: 'pooler' }).flatMap(({ name, layer, shape }) =>
    layer === 'embeddings' ? [`${name} ${shape}`] : [],
  );

test('narrow embeddings have a map to the layers, and it is theirs; wide ones have none', () => {
  const shapes = (width: number) => ['word 105', 'position 24', 'token_type 2'].map((table) => `embeddings.${table},${width}`);
  const norm = (width: number) => [`embeddings.norm.weight ${width}`, `embeddings.norm.bias ${width}`];
  assert.deepEqual(embeddingShapes(8), [...shapes(8), ...norm(8), 'embeddings.project.weight 8,12', 'embeddings.project.bias 12']);
  assert.deepEqual(embeddingShapes(12), [...shapes(12), ...norm(12)]);
});
