import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import type { Graph, Weights } from '../engine/graph.ts';
import { rawEngine } from '../engine/raw.ts';
import { giveToScope, hold } from '../kernels/handle.ts';
import { openSafetensors } from '../safetensors.ts';
import { loadParameter } from '../weights.ts';
import { padBatch } from './batch.ts';
import { readEncoderConfig } from './config.ts';
import { families } from './families.ts';
import { asConfigured, classify, embed, encode, type NoiseSource, wordTable } from './forward.ts';
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
    const loaded = new Map(
      modelParameters(config, { outputs: 3, pooling: 'pooler' }).map((parameter) => [parameter.name, loadParameter(parameter, file)]),
    );
    file.close();
    const asked: number[] = [];
    const noise: NoiseSource = (rate) => {
      asked.push(rate);
      return { rate: 0, seed: [0, 0] };
    };
    const batch = padBatch([{ ids: Int32Array.of(5, 6, 7), types: new Int32Array(3) }], 0);
    const engine = rawEngine({ trained: [], read: (name) => giveToScope(hold(loaded.get(name)!)) }, 'keep');
    const pass = <T>(graph: Graph<T>, weights: Weights<T>): T => {
      const scope = { config, pooling: 'pooler', graph, weights, weightsOn: () => weights, noise, still: 0, ...asConfigured } as const;
      return classify(scope, encode(scope, embed(scope, batch), [0, config.layers], batch).top);
    };
    assert.deepEqual(engine.run(pass, new Map([[wordTable, batch.words]])).shape, [1, 3]);

    const layer = [0.3, attendedRate(modelType), 0.1];
    assert.deepEqual(asked, [0.1, ...layer, ...layer, ...headRates[modelType]!]);
  });
}
