import type { Reason } from '../trial.ts';

/** Each reason once, with the sentence that a person reads. */
export const sentences: Readonly<Record<Reason['code'], readonly [Reason, string]>> = {
  rankedInTop: [{ code: 'rankedInTop', rank: 2, of: 9, kept: 3 }, 'rank 2 of 9, the best 3 go on'],
  rankedBelowTop: [{ code: 'rankedBelowTop', rank: 4, of: 9, kept: 3, cut: 0.84123 }, 'rank 4 of 9, the best 3 (cut 0.8412) go on'],
  rungTooSmall: [{ code: 'rungTooSmall', of: 2, needed: 3 }, '2 of the 3 reports that a comparison needs'],
  promotionDelayed: [
    { code: 'promotionDelayed', rank: 1, of: 7, kept: 2, promoted: 2 },
    'rank 1 of 7, but 2 have gone on already and 2 may',
  ],
  atCeiling: [
    { code: 'atCeiling', rank: 1, of: 3, rungs: 2 },
    'rank 1 of 3 at the highest of the 2 rungs in use; one more comes when the last two rank trials otherwise',
  ],
  withinPercentile: [
    { code: 'withinPercentile', rank: 2, of: 9, percentile: 25, cut: 0.85123 },
    'its best value so far has rank 2 of 9, the best 25 % (cut 0.8512) go on',
  ],
  beyondPercentile: [
    { code: 'beyondPercentile', rank: 8, of: 9, percentile: 50, cut: 0.5 },
    'its best value so far has rank 8 of 9, the best 50 % (cut 0.5) go on',
  ],
  tooFewFinished: [{ code: 'tooFewFinished', of: 2, needed: 5 }, '2 of the 5 trials trained to the end that a comparison needs'],
  withinThreshold: [{ code: 'withinThreshold', value: 0.61234, threshold: 0.5 }, '0.6123 is within the threshold 0.5'],
  beyondThreshold: [{ code: 'beyondThreshold', value: 0.41234, threshold: 0.5 }, '0.4123 is worse than the threshold 0.5'],
  tooFewRungs: [{ code: 'tooFewRungs', of: 1, needed: 3 }, '1 of the 3 rungs that a comparison needs'],
  improved: [{ code: 'improved', gain: 0.02, minDelta: 0.01, patience: 2 }, 'better by 0.02 in the last 2 rungs, more than 0.01'],
  notImproved: [{ code: 'notImproved', gain: -0.02, minDelta: 0, patience: 1 }, 'not better by more than 0 in the last rung'],
  possiblyBest: [
    { code: 'possiblyBest', rank: 2, of: 9, probability: 0.21234, minProbability: 0.05, expected: 0.87123, best: 0.9 },
    'rank 2 of 9; its curve goes to 0.8712, and with probability 0.2123 to the best 0.9 or beyond (0.05 is needed)',
  ],
  unlikelyBest: [
    { code: 'unlikelyBest', rank: 7, of: 9, probability: 0.001, minProbability: 0.05, expected: 0.7, best: 0.9 },
    'rank 7 of 9; its curve goes to 0.7, and with probability 0.001 to the best 0.9 or beyond (0.05 is needed)',
  ],
  bestOfRung: [{ code: 'bestOfRung', of: 9 }, 'the best of 9'],
  tooFewPairs: [{ code: 'tooFewPairs', of: 0, needed: 6 }, '0 of the 6 examples in common that a comparison needs'],
  worseThanBest: [
    { code: 'worseThanBest', rank: 3, of: 9, pairs: 277, best: 4, difference: 0.02, p: 0.0012, pThreshold: 0.1 },
    'rank 3 of 9; over 277 examples its loss is 0.02 above that of trial 4, the best here (p 0.0012; below 0.1 it ends)',
  ],
  notWorseThanBest: [
    { code: 'notWorseThanBest', rank: 2, of: 9, pairs: 277, best: 4, difference: -0.01, p: 0.6, pThreshold: 0.1 },
    'rank 2 of 9; over 277 examples its loss is -0.01 above that of trial 4, the best here (p 0.6; below 0.1 it ends)',
  ],
  belowBracket: [{ code: 'belowBracket', from: 2 }, 'its bracket compares from rung 2 on'],
  diverged: [{ code: 'diverged' }, 'the loss is not a number'],
  reachedTop: [{ code: 'reachedTop' }, 'trained to the end'],
  notPruned: [{ code: 'notPruned' }, 'no pruning'],
  searchOver: [{ code: 'searchOver' }, 'the search is over'],
  stoppedByUser: [{ code: 'stoppedByUser' }, 'stopped by a user'],
  cancelled: [{ code: 'cancelled' }, 'the sweep was cancelled'],
};
