import type { PrunerSettings } from './pruners/pruner-of.ts';

/** What decides where trials report. */
export interface RungSettings {
  readonly name: PrunerSettings['name'];
  /** Optimizer steps at the first rung; every pruner but none has one. */
  readonly minResource?: number;
  /** Optimizer steps of a whole trial. */
  readonly maxResource: number;
  readonly reductionFactor: number;
}

/**
 * Optimizer steps at which trials are compared: minResource · reductionFactor^i while below maxResource, and last
 * maxResource itself, whatever the distance. Without pruning there is one rung.
 */
export function rungsOf({ name, minResource, maxResource, reductionFactor }: RungSettings): readonly number[] {
  if (name === 'none' || minResource === undefined) return [maxResource];
  const rungs: number[] = [];
  for (let steps = minResource; steps < maxResource; steps *= reductionFactor) rungs.push(steps);
  return [...rungs, maxResource];
}
