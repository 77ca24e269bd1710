import { ranking } from '../rung.ts';
import type { Pruner } from './pruner.ts';
import { signedRankP } from './signed-rank.ts';

export interface WilcoxonSettings {
  /** A trial whose losses are above the best one's by chance with less than this probability is stopped. Above 0, below 1. */
  readonly pThreshold: number;
}

/** Differences of fewer can hardly be told from chance. */
const fewestPairs = 6;

/**
 * Compares each trial with the best of its rung, example by example, and stops it when its losses are higher by more than
 * chance, and on average too. Optuna's WilcoxonPruner, with the examples of one evaluation in place of repeated evaluations,
 * and the best of the rung in place of the best that is finished. A trial is compared anew at each rung.
 */
export function wilcoxon({ pThreshold }: WilcoxonSettings): Pruner {
  return {
    decide: (rungs, trial, rung, paired = []) => {
      const ranked = ranking(rungs[rung]!);
      const { rank, loss } = ranked.find((entry) => entry.trial === trial)!;
      const of = ranked.length;
      if (Number.isNaN(loss)) return { action: 'stop', reason: { code: 'diverged' } };
      if (rank === 1) return { action: 'continue', reason: { code: 'bestOfRung', of } };
      const { best } = rungs[rung]!;
      const pairs = best?.losses.length === paired.length ? paired.length : 0; // others are not of the same examples
      if (best === undefined || pairs < fewestPairs)
        return { action: 'continue', reason: { code: 'tooFewPairs', of: pairs, needed: fewestPairs } };
      const differences = paired.map((loss, example) => loss - best.losses[example]!);
      const difference = differences.reduce((sum, each) => sum + each, 0) / pairs;
      const p = signedRankP(differences);
      const told = { rank, of, pairs, best: best.trial, difference, p, pThreshold };
      return p < pThreshold && difference > 0
        ? { action: 'stop', reason: { code: 'worseThanBest', ...told } }
        : { action: 'continue', reason: { code: 'notWorseThanBest', ...told } };
    },
    promotion: () => undefined,
  };
}
