import type { Reason } from './trial.ts';

/** A reason as a person reads it: "rank 2 of 9, the best 3 go on". */
export function explanationOf(reason: Reason): string {
  switch (reason.code) {
    case 'rankedInTop':
    case 'rankedBelowTop':
      return `rank ${reason.rank} of ${reason.of}, the best ${reason.kept} go on`;
    case 'rungTooSmall':
      return `${reason.of} of the ${reason.needed} reports that a comparison needs`;
    case 'diverged':
      return 'the loss is not a number';
    case 'reachedTop':
      return 'trained to the end';
    case 'notPruned':
      return 'no pruning';
    case 'searchOver':
      return 'the search is over';
    case 'stoppedByUser':
      return 'stopped by a user';
    case 'cancelled':
      return 'the sweep was cancelled';
  }
}
