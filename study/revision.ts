import type { Sweep } from './spec.ts';

/** What may change of a sweep while it runs, as one edit of its object has left it. */
export interface Revision {
  /** Of the object: the higher one is the later one. */
  readonly generation: number;
  readonly suspend: boolean;
  readonly parallelTrials: number;
  readonly numTrials: number;
}

export function revisionOf({ suspend, parallelTrials, numTrials }: Sweep['spec'], generation: number): Revision {
  return { generation, suspend, parallelTrials, numTrials };
}
