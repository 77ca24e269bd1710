import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { tf } from '../native/tensorflow.ts';
import { openSafetensors } from '../safetensors.ts';
import { loadParameter } from '../weights.ts';
import { maskTensor, padBatch } from './batch.ts';
import { readEncoderConfig } from './config.ts';
import { families } from './families.ts';
import { classify, embed, encode, type NoiseSource } from './forward.ts';
import { modelParameters } from './parameters.ts';

/** Parity is tested without dropout; this is where it stands in `transformers`. */
const headRates: Readonly<Record<string, readonly number[]>> = {
  bert: [0.4],
  distilbert: [0.4],
  roberta: [0.4, 0.4],
  electra: [0.4, 0.4],
};
const attendedRate = (family: string) => (family === 'distilbert' ? 0 : 0.1);

for (const { modelType } of families) {
  test(`dropout stands where the reference has it: ${modelType}`, () => {
    const folder = join(import.meta.dirname, `../fixtures/tiny-${modelType}`);
    const config = { ...readEncoderConfig(folder), attentionDropout: 0.3, headDropout: 0.4 };
    const file = openSafetensors(join(folder, 'model.safetensors'));
    const loaded = new Map(modelParameters(config, 3).map((parameter) => [parameter.name, loadParameter(parameter, file)]));
    file.close();
    const weights = (name: string) => loaded.get(name)!;
    const asked: number[] = [];
    const noise: NoiseSource = (rate) => {
      asked.push(rate);
      return { rate: 0, seed: [0, 0] };
    };

    const batch = padBatch([{ ids: Int32Array.of(5, 6, 7), types: new Int32Array(3) }], 0, config.longest);
    const words = tf.gather(weights('embeddings.word'), tf.tensor1d(batch.words, 'int32'));
    const scope = { size: batch.size, mask: maskTensor(batch) };
    const encoded = encode(config, weights, embed(config, weights, words, batch, noise), [0, config.layers], scope, noise);
    assert.deepEqual(classify(config, weights, encoded, noise).shape, [1, 3]);

    const layer = [0.3, attendedRate(modelType), 0.1];
    assert.deepEqual(asked, [0.1, ...layer, ...layer, ...headRates[modelType]!]);
  });
}
