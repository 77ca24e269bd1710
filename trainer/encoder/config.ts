/** `config.json` of a model in Hugging Face layout: what of it the encoder needs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { badConfiguration, badData, inputNotFound } from '../refusal.ts';
import { families } from './families.ts';
import type { Family } from './family.ts';

export interface EncoderConfig {
  readonly family: Family;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  /** Width between the two linear maps of the feed-forward block. */
  readonly intermediate: number;
  readonly vocabulary: number;
  /** Columns of the embedding tables: `hidden`, or else a linear map leads from here to `hidden`. */
  readonly embeddingWidth: number;
  /** Rows of the position table. */
  readonly positions: number;
  /** Row of the position table for a text's first token. */
  readonly firstPosition: number;
  /** Tokens of the longest text that there are positions for. */
  readonly longest: number;
  /** Rows of the token type table; 0 where there is none. */
  readonly tokenTypes: number;
  readonly layerNormEpsilon: number;
  readonly hiddenDropout: number;
  /** Of what attention gives, before it is added to what went into it. */
  readonly attendedDropout: number;
  readonly attentionDropout: number;
  readonly headDropout: number;
  /** Standard deviation of fresh weights. */
  readonly initializerRange: number;
}

type Json = Readonly<Record<string, unknown>>;

/** @throws {Refusal} if there is none, or the model is of a family that this trainer does not know */
export function readEncoderConfig(modelFolder: string): EncoderConfig {
  const path = join(modelFolder, 'config.json');
  const json = readModelJson(path);
  const family = families.find(({ modelType }) => modelType === json.model_type);
  if (family === undefined) {
    const known = families.map(({ modelType }) => JSON.stringify(modelType)).join(', ');
    throw badConfiguration(`${path}: model_type`, `one of ${known}, the families that this trainer knows`, json.model_type);
  }
  return familyConfig(path, json, family);
}

function familyConfig(path: string, json: Json, family: Family): EncoderConfig {
  const { fields } = family;
  const only = (field: string, known: string) => {
    const value = json[field] ?? known;
    if (value !== known)
      throw badConfiguration(`${path}: ${field}`, `${JSON.stringify(known)}, the only one that this trainer knows`, value);
  };
  only(fields.activation, 'gelu');
  only('position_embedding_type', 'absolute');

  const number = (field: string, isRight: (value: number) => boolean, expected: string, byDefault?: number): number => {
    const value = json[field] ?? byDefault;
    if (typeof value !== 'number' || !isRight(value)) throw badConfiguration(`${path}: ${field}`, expected, value);
    return value;
  };
  const count = (field: string, byDefault?: number) =>
    number(field, (value) => Number.isInteger(value) && value > 0, 'a whole number above 0', byDefault);
  const share = (field: string, byDefault: number) =>
    number(field, (value) => value >= 0 && value < 1, 'at least 0 and below 1', byDefault);
  const hidden = count(fields.hidden);
  const positions = count('max_position_embeddings');
  const firstPosition =
    family.firstPosition === 'zero'
      ? 0
      : 1 + number('pad_token_id', (value) => value >= 0 && value < positions - 1, `0 to ${positions - 2}, a position`, 1);
  const hiddenDropout = share(fields.hiddenDropout, 0.1);
  return {
    family,
    layers: count(fields.layers),
    hidden,
    heads: number(fields.heads, (value) => value > 0 && hidden % value === 0, `a divisor of ${fields.hidden} ${hidden}`),
    intermediate: count(fields.intermediate),
    vocabulary: count('vocab_size'),
    embeddingWidth: family.projection === undefined ? hidden : count(family.projection.widthField, family.projection.widthByDefault),
    positions,
    firstPosition,
    longest: positions - firstPosition,
    tokenTypes: family.tokenTypes === 'none' ? 0 : count('type_vocab_size'),
    layerNormEpsilon: number('layer_norm_eps', (value) => value > 0, 'above 0', 1e-12),
    hiddenDropout,
    attendedDropout: family.dropsAttended ? hiddenDropout : 0,
    attentionDropout: share(fields.attentionDropout, 0.1),
    headDropout: share(fields.headDropout, fields.headDropoutByDefault ?? hiddenDropout),
    initializerRange: number('initializer_range', (value) => value > 0, 'above 0', 0.02),
  };
}

/** With the same dropout at all sites that have any. */
export function withDropout(config: EncoderConfig, dropout: number): EncoderConfig {
  const attendedDropout = config.family.dropsAttended ? dropout : 0;
  return { ...config, hiddenDropout: dropout, attendedDropout, attentionDropout: dropout, headDropout: dropout };
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
