/** `config.json` of a model in Hugging Face layout: what of it the encoder needs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { badConfiguration, badData, inputNotFound } from '../refusal.ts';

export interface EncoderConfig {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  /** Width between the two linear maps of the feed-forward block. */
  readonly intermediate: number;
  readonly vocabulary: number;
  readonly positions: number;
  readonly tokenTypes: number;
  readonly layerNormEpsilon: number;
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
  /** Standard deviation of fresh weights. */
  readonly initializerRange: number;
}

type Json = Readonly<Record<string, unknown>>;

/** @throws {Refusal} if there is none, or the model is of a family that this trainer does not know */
export function readEncoderConfig(modelFolder: string): EncoderConfig {
  const path = join(modelFolder, 'config.json');
  const json = readModelJson(path);
  const only = (field: string, known: string, byDefault?: string) => {
    const value = json[field] ?? byDefault;
    if (value !== known)
      throw badConfiguration(`${path}: ${field}`, `${JSON.stringify(known)}, the only one that this trainer knows`, value);
  };
  only('model_type', 'bert');
  only('hidden_act', 'gelu', 'gelu');
  only('position_embedding_type', 'absolute', 'absolute');

  const number = (field: string, isRight: (value: number) => boolean, expected: string, byDefault?: number): number => {
    const value = json[field] ?? byDefault;
    if (typeof value !== 'number' || !isRight(value)) throw badConfiguration(`${path}: ${field}`, expected, value);
    return value;
  };
  const count = (field: string) => number(field, (value) => Number.isInteger(value) && value > 0, 'a whole number above 0');
  const share = (field: string, byDefault: number) =>
    number(field, (value) => value >= 0 && value < 1, 'at least 0 and below 1', byDefault);
  const hidden = count('hidden_size');
  return {
    layers: count('num_hidden_layers'),
    hidden,
    heads: number('num_attention_heads', (value) => value > 0 && hidden % value === 0, `a divisor of hidden_size ${hidden}`),
    intermediate: count('intermediate_size'),
    vocabulary: count('vocab_size'),
    positions: count('max_position_embeddings'),
    tokenTypes: count('type_vocab_size'),
    layerNormEpsilon: number('layer_norm_eps', (value) => value > 0, 'above 0', 1e-12),
    hiddenDropout: share('hidden_dropout_prob', 0.1),
    attentionDropout: share('attention_probs_dropout_prob', 0.1),
    initializerRange: number('initializer_range', (value) => value > 0, 'above 0', 0.02),
  };
}

/** @throws {Refusal} if the file is missing or holds no JSON object */
export function readModelJson(path: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw inputNotFound(`${path}: there is no such file`);
    throw badData(`${path}: must be JSON (${(error as Error).message})`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badData(`${path}: must be a JSON object`);
  return value as Json;
}
