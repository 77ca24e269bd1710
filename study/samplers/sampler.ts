import type { SearchSpace } from '../dimension.ts';
import type { SweepLog } from '../log.ts';
import type { Sweep } from '../spec.ts';
import type { Assignment } from '../trial.ts';
import { grid } from './grid.ts';
import { random } from './random.ts';

/**
 * Asking is calling this. Telling is appending to the log. The same log gives the same answer.
 * @returns undefined when there is nothing left to try
 */
export type Sampler = (space: SearchSpace, log: SweepLog) => Assignment | undefined;

export function samplerOf({ name, seed, steps }: Sweep['spec']['searchAlgorithm']): Sampler {
  switch (name) {
    case 'random':
      return random({ seed });
    case 'grid':
      return grid({ steps });
  }
}
