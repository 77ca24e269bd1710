import type { Handle } from '../kernels/handle.ts';
import { sum } from '../kernels/sum.ts';
import type { Lens } from './method.ts';

/** Weights with something added to them, by name; others as they are. */
export function shiftedBy(shifts: ReadonlyMap<string, Handle>): Lens {
  return (graph, weights, name) => {
    const shift = shifts.get(name);
    return shift === undefined ? weights(name) : graph.apply(sum, { a: weights(name), b: graph.constant(shift) }, undefined);
  };
}
