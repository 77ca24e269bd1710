import { type RankedTrial, type Rung, ranking } from '../rung.ts';
import type { Decision } from '../trial.ts';
import type { Promotion, Pruner } from './pruner.ts';

export interface AshaSettings {
  /** `promote` lets a trial wait at its rung until it ranks high enough; `stop` ends it when it does not. */
  readonly mode: 'promote' | 'stop';
  /** η: one trial in η goes on. */
  readonly reductionFactor: number;
}

/**
 * Asynchronous successive halving: the best 1/η of all trials that have reported at a rung go on, and nobody waits for
 * a rung to fill up. Source: Li et al., MLSys 2020, arXiv:1810.05934, algorithm 2 (`promote`); the stopping variant is
 * Ray Tune's and Syne Tune's: a trial that comes before η others have reported goes on.
 */
export function asha({ mode, reductionFactor }: AshaSettings): Pruner {
  return mode === 'promote'
    ? {
        decide: (rungs, trial, rung) => decideToPromote(rungs[rung]!, trial, reductionFactor),
        promotion: (rungs) => findPromotion(rungs, reductionFactor),
      }
    : { decide: (rungs, trial, rung) => decideToStop(rungs[rung]!, trial, reductionFactor), promotion: () => undefined };
}

function decideToPromote(rung: Rung, trial: number, eta: number): Decision {
  const { loss, rank, of, kept } = standing(rung, trial, eta);
  if (Number.isNaN(loss)) return { action: 'stop', reason: { code: 'diverged' } };
  if (kept === 0) return { action: 'pause', reason: { code: 'rungTooSmall', of, needed: eta } };
  if (rank <= kept) return { action: 'continue', reason: { code: 'rankedInTop', rank, of, kept } };
  return { action: 'pause', reason: { code: 'rankedBelowTop', rank, of, kept } };
}

function decideToStop(rung: Rung, trial: number, eta: number): Decision {
  const { loss, rank, of, kept } = standing(rung, trial, eta);
  if (Number.isNaN(loss)) return { action: 'stop', reason: { code: 'diverged' } };
  if (kept === 0) return { action: 'continue', reason: { code: 'rungTooSmall', of, needed: eta } };
  if (rank <= kept) return { action: 'continue', reason: { code: 'rankedInTop', rank, of, kept } };
  return { action: 'stop', reason: { code: 'rankedBelowTop', rank, of, kept } };
}

/** Top rungs first, as the paper scans them: what is closest to its end is finished first. */
function findPromotion(rungs: readonly Rung[], eta: number): Promotion | undefined {
  for (let rung = rungs.length - 2; rung >= 0; rung -= 1) {
    const table = rungs[rung]!;
    const of = table.trials.length;
    const kept = Math.floor(of / eta);
    const closed = new Set(table.closed);
    const best = ranking(table)
      .slice(0, kept)
      .find(({ trial, loss }) => !closed.has(trial) && !Number.isNaN(loss));
    if (best !== undefined) return { trial: best.trial, rung: rung + 1, reason: { code: 'rankedInTop', rank: best.rank, of, kept } };
  }
  return undefined;
}

function standing(rung: Rung, trial: number, eta: number): RankedTrial & { readonly of: number; readonly kept: number } {
  const place = ranking(rung).find((entry) => entry.trial === trial);
  if (place === undefined) throw new RangeError(`trial ${trial} has no report at this rung`);
  return { ...place, of: rung.trials.length, kept: Math.floor(rung.trials.length / eta) };
}
