import type { z } from 'zod';
import type { ModelShape } from '../layerwise.ts';

/** What a user wants to know of a way of fine-tuning, and what a sweep can set of it. `trainer/methods/` does it. */
export interface MethodPage<Settings extends z.ZodObject = z.ZodObject> {
  readonly title: string;
  readonly family: Family;
  /** What it does and why, in at most three sentences. */
  readonly idea: string;
  readonly formula: readonly string[];
  /** With a default for each. */
  readonly settings: Settings;
  /** When to take it. */
  readonly use: string;
  /** Time and memory against full fine-tuning, by counting. */
  readonly cost: string;
  readonly source: string;
  /** Where the source leaves open what is to be done, or its code differs from its text: what was decided. */
  readonly decided?: string;
  /** What it does not go with, and why: learning numbers; another pooling than the model's own; no dropout. Frozen layers and the cache of their output go with all of them. */
  readonly excludes?: Readonly<Partial<Record<'regression' | 'pooling' | 'dropout 0', string>>>;
  /** What its data must have beside labelled texts. */
  readonly needs?: 'unlabelled texts';
  /** Settings within their ranges that this model has no use for. */
  misfits?(settings: Readonly<z.output<Settings>>, model: ModelShape): readonly Misfit[];
}

interface Misfit {
  readonly setting: string;
  /** What it must be, to stand behind "must be". */
  readonly expected: string;
}

/** What a method decides about. */
type Family =
  | 'which weights learn'
  | 'when layers learn'
  | 'how the head begins'
  | 'how weights are held back'
  | 'which texts are learnt from';

/** Checks a page's types where it is written. */
export function methodPage<Settings extends z.ZodObject>(page: MethodPage<Settings>): MethodPage<Settings> {
  return page;
}
