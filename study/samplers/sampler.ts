import type { SearchSpace } from '../dimension.ts';
import type { SweepLog } from '../log.ts';
import type { Proposal } from './proposal.ts';

/**
 * Asking is calling this. Telling is appending to the log. The same log gives the same answer.
 * @returns undefined when there is nothing left to try
 */
export type Sampler = (space: SearchSpace, log: SweepLog) => Proposal | undefined;
