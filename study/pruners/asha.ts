import { type RankedTrial, type Rung, ranking } from '../rung.ts';
import type { Decision } from '../trial.ts';
import type { Promotion, Pruner } from './pruner.ts';

export interface AshaSettings {
  /**
   * `promote` lets a trial wait at its rung until it ranks high enough; `delayedPromote` moreover never lets more than
   * one in η go on; `stop` ends a trial that does not rank high enough when it reports.
   */
  readonly mode: 'promote' | 'delayedPromote' | 'stop';
  /** η: one trial in η goes on. */
  readonly reductionFactor: number;
}

/**
 * Asynchronous successive halving: the best 1/η of all trials that have reported at a rung go on, and nobody waits for
 * a rung to fill up. Source: Li et al., MLSys 2020, arXiv:1810.05934, algorithm 2 (`promote`); the stopping variant is
 * Ray Tune's and Syne Tune's: a trial that comes before η others have reported goes on. Delayed promotion is
 * Hyper-Tune's (Li et al., VLDB 2022, arXiv:2201.06834): early arrivals that later trials push out of the best 1/η
 * have had their promotion, and it is not given again until the rung has grown to match.
 */
export function asha(settings: AshaSettings): Pruner {
  return settings.mode === 'stop'
    ? { decide: (rungs, trial, rung) => decideToStop(rungs[rung]!, trial, settings.reductionFactor), promotion: () => undefined }
    : {
        decide: (rungs, trial, rung) => decideToPromote(rungs[rung]!, trial, settings),
        promotion: (rungs) => findPromotion(rungs, settings),
      };
}

function decideToPromote(rung: Rung, trial: number, { mode, reductionFactor }: AshaSettings): Decision {
  const { loss, rank, of, kept } = standing(rung, trial, reductionFactor);
  if (Number.isNaN(loss)) return { action: 'stop', reason: { code: 'diverged' } };
  if (kept === 0) return { action: 'pause', reason: { code: 'rungTooSmall', of, needed: reductionFactor } };
  if (rank > kept) return { action: 'pause', reason: { code: 'rankedBelowTop', rank, of, kept } };
  const promoted = promotedFrom(rung);
  if (mode === 'delayedPromote' && promoted >= kept)
    return { action: 'pause', reason: { code: 'promotionDelayed', rank, of, kept, promoted } };
  return { action: 'continue', reason: { code: 'rankedInTop', rank, of, kept } };
}

function decideToStop(rung: Rung, trial: number, eta: number): Decision {
  const { loss, rank, of, kept } = standing(rung, trial, eta);
  if (Number.isNaN(loss)) return { action: 'stop', reason: { code: 'diverged' } };
  if (kept === 0) return { action: 'continue', reason: { code: 'rungTooSmall', of, needed: eta } };
  if (rank <= kept) return { action: 'continue', reason: { code: 'rankedInTop', rank, of, kept } };
  return { action: 'stop', reason: { code: 'rankedBelowTop', rank, of, kept } };
}

/** Top rungs first, as the paper scans them: what is closest to its end is finished first. */
function findPromotion(rungs: readonly Rung[], { mode, reductionFactor }: AshaSettings): Promotion | undefined {
  for (let rung = rungs.length - 2; rung >= 0; rung -= 1) {
    const table = rungs[rung]!;
    const of = table.trials.length;
    const kept = Math.floor(of / reductionFactor);
    if (mode === 'delayedPromote' && promotedFrom(table) >= kept) continue;
    const closed = new Set(table.closed);
    const best = ranking(table)
      .slice(0, kept)
      .find(({ trial, loss }) => !closed.has(trial) && !Number.isNaN(loss));
    if (best !== undefined) return { trial: best.trial, rung: rung + 1, reason: { code: 'rankedInTop', rank: best.rank, of, kept } };
  }
  return undefined;
}

/** Trials that went on. One that a user stopped while it waited counts too: the table cannot tell, and it errs towards delay. */
function promotedFrom({ trials, losses, closed }: Rung): number {
  const done = new Set(closed);
  return trials.filter((trial, arrival) => done.has(trial) && losses[arrival] !== null).length;
}

function standing(rung: Rung, trial: number, eta: number): RankedTrial & { readonly of: number; readonly kept: number } {
  const place = ranking(rung).find((entry) => entry.trial === trial);
  if (place === undefined) throw new RangeError(`trial ${trial} has no report at this rung`);
  return { ...place, of: rung.trials.length, kept: Math.floor(rung.trials.length / eta) };
}
