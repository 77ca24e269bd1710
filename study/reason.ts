import type { Reason } from './trial.ts';

/** A reason as a person reads it: "rank 2 of 9, the best 3 go on". */
export function explanationOf(reason: Reason): string {
  switch (reason.code) {
    case 'rankedInTop':
    case 'rankedBelowTop':
      return `rank ${reason.rank} of ${reason.of}, the best ${reason.kept}${reason.cut === undefined ? '' : ` (cut ${shown(reason.cut)})`} go on`;
    case 'rungTooSmall':
      return `${reason.of} of the ${reason.needed} reports that a comparison needs`;
    case 'promotionDelayed':
      return `rank ${reason.rank} of ${reason.of}, but ${reason.promoted} have gone on already and ${reason.kept} may`;
    case 'atCeiling':
      return `rank ${reason.rank} of ${reason.of} at the highest of the ${reason.rungs} rungs in use; one more comes when the last two rank trials otherwise`;
    case 'withinPercentile':
    case 'beyondPercentile':
      return `its best value so far has rank ${reason.rank} of ${reason.of}, the best ${reason.percentile} % (cut ${shown(reason.cut)}) go on`;
    case 'tooFewFinished':
      return `${reason.of} of the ${reason.needed} trials trained to the end that a comparison needs`;
    case 'withinThreshold':
      return `${shown(reason.value)} is within the threshold ${reason.threshold}`;
    case 'beyondThreshold':
      return `${shown(reason.value)} is worse than the threshold ${reason.threshold}`;
    case 'tooFewRungs':
      return `${reason.of} of the ${reason.needed} rungs that a comparison needs`;
    case 'improved':
      return `better by ${shown(reason.gain)} in the last ${counted(reason.patience, 'rung')}, more than ${reason.minDelta}`;
    case 'notImproved':
      return `not better by more than ${reason.minDelta} in the last ${counted(reason.patience, 'rung')}`;
    case 'possiblyBest':
    case 'unlikelyBest':
      return (
        `rank ${reason.rank} of ${reason.of}; its curve goes to ${shown(reason.expected)}, and with probability ${shown(reason.probability)} ` +
        `to the best ${shown(reason.best)} or beyond (${reason.minProbability} is needed)`
      );
    case 'bestOfRung':
      return `the best of ${reason.of}`;
    case 'tooFewPairs':
      return `${reason.of} of the ${reason.needed} examples in common that a comparison needs`;
    case 'worseThanBest':
    case 'notWorseThanBest':
      return (
        `rank ${reason.rank} of ${reason.of}; over ${reason.pairs} examples its loss is ${shown(reason.difference)} above that of trial ${reason.best}, ` +
        `the best here (p ${shown(reason.p)}; below ${reason.pThreshold} it ends)`
      );
    case 'belowBracket':
      return `its bracket compares from rung ${reason.from} on`;
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

const shown = (value: number): number => Number(value.toPrecision(4));
const counted = (count: number, thing: string): string => (count === 1 ? thing : `${count} ${thing}s`);
