import { brokenConstraint } from '../constraint.ts';
import { seededStream } from '../random.ts';
import { samplePrior } from '../space.ts';
import type { Sampler } from './sampler.ts';
import { searchedTrials } from './searched.ts';

/**
 * The sampler, except that a suggestion which breaks a constraint is drawn again at random, so that no trial starts in vain.
 * A sampler that learns should ask `brokenConstraint` about its candidates, so that this is rare.
 */
export function keepingConstraints(sampler: Sampler, seed: number): Sampler {
  return (space, log) => {
    const proposal = sampler(space, log);
    if (proposal === undefined || brokenConstraint(space, proposal.assignment) === undefined) return proposal;
    const assignment = samplePrior(space, seededStream(seed, redrawStreams + searchedTrials(log).length));
    return { assignment, ...(proposal.panel && { panel: true }) };
  };
}

/** Streams of the seed below this number belong to the samplers. */
const redrawStreams = 2 ** 40;
