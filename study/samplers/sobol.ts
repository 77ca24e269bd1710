import { isActive, type SearchSpace } from '../dimension.ts';
import { fromUnit } from '../domain.ts';
import { seededStream } from '../random.ts';
import type { Assignment, Value } from '../trial.ts';
import type { Sampler } from './sampler.ts';
import { searchedTrials } from './searched.ts';
import { directions } from './sobol-directions.ts';

/**
 * Points that fill the space evenly: a Sobol sequence, scrambled by the seed. Each dimension of the space has a coordinate
 * of its own, also where a condition puts it out of use, so that what one trial leaves out does not shift the others. The
 * n-th trial that the sampler suggests gets the n-th point; the first 2^k, for any k, are as even as can be.
 * Coordinates become values by the share of random draws below them, so choices and whole numbers get equal parts, and a
 * layer is frozen in its share of the trials. Dimensions beyond the 160 that have direction numbers are drawn at random.
 * @see Sobol: USSR Computational Mathematics and Mathematical Physics 1967
 */
export function sobol({ seed }: { readonly seed: number }): Sampler {
  return (space, log) => {
    const index = searchedTrials(log).filter(({ isSampled }) => isSampled).length;
    return { assignment: assignmentAt(space, scrambledPoint(seed, index, space.length)), panel: true };
  };
}

function assignmentAt(space: SearchSpace, point: readonly number[]): Assignment {
  const assignment: Record<string, Value> = {};
  for (const [place, dimension] of space.entries()) {
    if (isActive(dimension, assignment)) assignment[dimension.name] = fromUnit(dimension.domain, point[place]!);
  }
  return assignment;
}

/** A point of the scrambled sequence: coordinates in [0, 1). */
export function scrambledPoint(seed: number, index: number, dimensions: number): readonly number[] {
  const keys = seededStream(seed, 0);
  const beyond = seededStream(seed, index + 1);
  const words = sobolPoint(index, dimensions).map((word) => scrambled(word, keys.int(2 ** 32)));
  return Array.from({ length: dimensions }, (_, place) => (words[place] === undefined ? beyond.uniform() : words[place] / 2 ** 32));
}

/**
 * A point of the sequence as whole numbers below 2^32, one for each dimension that has direction numbers. Points come in
 * the order of Gray's code.
 * @see Antonov, Saleev: An economic method of computing LPτ-sequences, 1979
 */
export function sobolPoint(index: number, dimensions: number): readonly number[] {
  const gray = index ^ (index >>> 1);
  return directions.slice(0, dimensions).map((words) => {
    const word = words.reduce((sum, direction, bit) => ((gray >>> bit) & 1 ? sum ^ direction : sum), 0);
    return word >>> 0;
  });
}

/**
 * Owen's nested scrambling by a hash: each bit is flipped or not by the bits above it, which keeps the sequence as even
 * as it was.
 * @see Burley: Practical hash-based Owen scrambling, Journal of Computer Graphics Techniques 2020, after Laine, Karras 2011
 */
function scrambled(word: number, key: number): number {
  let hash = reversed(word) + key;
  for (const factor of [0x6c50b47c, 0xb82f1e52, 0xc7afe638, 0x8d22f6e6]) hash ^= Math.imul(hash, factor);
  return reversed(hash);
}

/** The bits of a word from the other end. */
function reversed(word: number): number {
  let bits = word;
  bits = ((bits >>> 1) & 0x55555555) | ((bits & 0x55555555) << 1);
  bits = ((bits >>> 2) & 0x33333333) | ((bits & 0x33333333) << 2);
  bits = ((bits >>> 4) & 0x0f0f0f0f) | ((bits & 0x0f0f0f0f) << 4);
  bits = ((bits >>> 8) & 0x00ff00ff) | ((bits & 0x00ff00ff) << 8);
  return ((bits >>> 16) | (bits << 16)) >>> 0;
}
