import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import type { Tokens } from './encoder/batch.ts';
import { readModelJson } from './encoder/config.ts';
import { badData } from './refusal.ts';

export interface TextTokenizer {
  /** Fills up shorter texts of a batch. */
  readonly padId: number;
  /** Token ids with special tokens, at most `maxLength` of them. */
  encode(text: string, textPair?: string): Tokens;
}

/**
 * The tokenizer in a model's folder. The library neither cuts nor pads; we cut before special tokens are added, as the reference does.
 * @throws {Refusal} if there is none or it is not a tokenizer
 */
export function openTokenizer(modelFolder: string, maxLength: number): TextTokenizer {
  const path = join(modelFolder, 'tokenizer.json');
  const config = readModelJson(join(modelFolder, 'tokenizer_config.json'));
  const json = readModelJson(path);
  const tokenizer = createTokenizer(path, json, config);
  const idOf = (token: string): number => {
    const id = tokenizer.token_to_id(token);
    if (id === undefined) throw badData(`${path}: token ${token} is not in its vocabulary`);
    return id;
  };
  const plain = (text: string): string[] => tokenizer.encode(text, { add_special_tokens: false }).tokens;
  const hasTypes = !isRobertas(json.post_processor);
  const dressed = (a: string[], b?: string[]) => {
    const { tokens, token_type_ids: types } = tokenizer.post_processor?.post_process(a, b ?? null) ?? { tokens: [...a, ...(b ?? [])] };
    return { ids: Int32Array.from(tokens, idOf), types: Int32Array.from((hasTypes ? types : undefined) ?? tokens.map(() => 0)) };
  };
  const room = { single: maxLength - dressed([]).ids.length, pair: maxLength - dressed([], []).ids.length };

  return {
    padId: idOf(declaredPad(config) ?? usualPads.find((token) => tokenizer.token_to_id(token) !== undefined) ?? usualPads[0]),
    encode(text, textPair) {
      if (textPair === undefined) return dressed(plain(text).slice(0, room.single));
      const [a, b] = [plain(text), plain(textPair)];
      const [lengthA, lengthB] = cutLongestFirst(a.length, b.length, room.pair);
      return dressed(a.slice(0, lengthA), b.slice(0, lengthB));
    },
  };
}

/** Old folders leave it to the tokenizer's class: BERT's and RoBERTa's. */
const usualPads = ['[PAD]', '<pad>'] as const;

/** A token is told by its text or by an object around it. */
function declaredPad({ pad_token: token }: Readonly<Record<string, unknown>>): string | undefined {
  const text = typeof token === 'object' && token !== null && 'content' in token ? token.content : token;
  return typeof text === 'string' ? text : undefined;
}

/** The library counts the second text as type 1 there; the reference knows no types of RoBERTa's texts. */
function isRobertas(postProcessor: unknown): boolean {
  return (
    typeof postProcessor === 'object' && postProcessor !== null && 'type' in postProcessor && postProcessor.type === 'RobertaProcessing'
  );
}

function createTokenizer(path: string, json: object, config: object): Tokenizer {
  try {
    return new Tokenizer(json, config);
  } catch (error) {
    throw badData(`${path}: is not a tokenizer (${(error as Error).message})`, { cause: error });
  }
}

/**
 * How much of each of two texts stays when together they may have `room` tokens: only the longer one is cut, until both are about half.
 * Equal to `longest_first` of Hugging Face's Rust tokenizer, which gives an odd token to the longer text, or to the second of two equals.
 */
function cutLongestFirst(a: number, b: number, room: number): readonly [number, number] {
  if (a + b <= room) return [a, b];
  const half = Math.floor(room / 2);
  const [short, long] = a <= b ? [a, b] : [b, a];
  const kept = short <= half ? ([short, Math.min(long, room - short)] as const) : ([half, room - half] as const);
  return a <= b ? kept : [kept[1], kept[0]];
}
