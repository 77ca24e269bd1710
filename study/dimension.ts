import type { Assignment, Value } from './trial.ts';

/** Values that other parameters must have for this one to be in use; all must hold, and none means always. */
type Condition = Readonly<Record<string, Value>>;

/** A range with a step has only the values min, min + step and so on, the last of them at most max. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly step?: number;
}

/** What one number or choice of an assignment may be. */
export type Domain =
  | ({ readonly kind: 'uniform' | 'logUniform' | 'int' } & Range)
  | { readonly kind: 'normal'; readonly mean: number; readonly standardDeviation: number }
  /** `standardDeviation` is that of the natural logarithm. */
  | { readonly kind: 'logNormal'; readonly median: number; readonly standardDeviation: number }
  /** The choices of an ordinal rise: neighbours are alike. Those of a categorical have nothing to do with each other. */
  | { readonly kind: 'categorical' | 'ordinal'; readonly choices: readonly Value[] }
  /** 0, which means frozen, or a learning rate between min and max, equally likely on a log scale. */
  | { readonly kind: 'frozenOrRate'; readonly min: number; readonly max: number; readonly frozenProbability: number };

/** A relation between values of an assignment. It says nothing while one of them is out of use. */
export type Constraint =
  /** The values do not fall in this order. */
  | { readonly kind: 'ordered'; readonly names: readonly string[] }
  /** The sum of the values, each times its factor, lies between min and max. */
  | { readonly kind: 'linear'; readonly terms: Readonly<Record<string, number>>; readonly min?: number; readonly max?: number }
  /** Not all of these values at once. */
  | { readonly kind: 'forbidden'; readonly values: Readonly<Record<string, Value>> };

export interface Dimension {
  readonly name: string;
  readonly domain: Domain;
  readonly activeWhen: Condition;
  /** Relations to dimensions in front of this one. */
  readonly constraints?: readonly Constraint[];
  /** The dimension is the setting of one layer: number `index` from the bottom, of `count` of the layerwise parameter `of`. */
  readonly layer?: { readonly of: string; readonly index: number; readonly count: number };
}

/** Flat, in an order in which every dimension stands behind those that its condition names. */
export type SearchSpace = readonly Dimension[];

/** Whether the dimension is in use beside these values. */
export function isActive({ activeWhen }: Pick<Dimension, 'activeWhen'>, assignment: Assignment): boolean {
  return Object.entries(activeWhen).every(([parent, value]) => assignment[parent] === value);
}
