import { seededStream } from '../random.ts';
import { samplePrior } from '../space.ts';
import type { Sampler } from './sampler.ts';
import { searchedTrials } from './searched.ts';

/**
 * Independent draws from the space. Each trial has its own stream of the seed, so what finishes first cannot change a draw.
 * @see Bergstra, Bengio: Random search for hyper-parameter optimization, JMLR 2012
 */
export function random({ seed }: { readonly seed: number }): Sampler {
  return (space, log) => ({ assignment: samplePrior(space, seededStream(seed, searchedTrials(log).length)), panel: true });
}
