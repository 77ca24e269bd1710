import type { Noise } from '../kernels/dropout.ts';

/** Most draws of a method in one step: one for each weight of the model. */
const placesPerStep = 1024;

/** Sets a method's draws apart from those of dropout, which are of the same seed. */
const apart = 0x5bd1e995;

/** @param place - of the draw within the step */
export function methodNoise(seed: number, step: number, place: number, rate: number): Noise {
  return { rate, seed: [seed ^ apart, step * placesPerStep + place] };
}
