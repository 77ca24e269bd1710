import type { Assignment, Value } from './trial.ts';

/** Values that other parameters must have for this one to be in use; all must hold, and none means always. */
type Condition = Readonly<Record<string, Value>>;

/** What one number or choice of an assignment may be. */
export type Domain =
  | { readonly kind: 'uniform' | 'logUniform' | 'int'; readonly min: number; readonly max: number }
  | { readonly kind: 'categorical'; readonly choices: readonly Value[] }
  /** 0, which means frozen, or a learning rate between min and max, equally likely on a log scale. */
  | { readonly kind: 'frozenOrRate'; readonly min: number; readonly max: number; readonly frozenProbability: number };

export interface Dimension {
  readonly name: string;
  readonly domain: Domain;
  readonly activeWhen: Condition;
}

/** Flat, in an order in which every dimension stands behind those that its condition names. */
export type SearchSpace = readonly Dimension[];

/** Whether the dimension is in use beside these values. */
export function isActive({ activeWhen }: Dimension, assignment: Assignment): boolean {
  return Object.entries(activeWhen).every(([parent, value]) => assignment[parent] === value);
}
