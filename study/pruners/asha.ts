import { valueOfLoss } from '../objective.ts';
import { paretoRanking, type RankedTrial, type Rung, ranking } from '../rung.ts';
import type { Decision, Objective } from '../trial.ts';
import type { Promotion, Pruner } from './pruner.ts';

export interface AshaSettings {
  /**
   * `promote` lets a trial wait at its rung until it ranks high enough; `delayedPromote` moreover never lets more than
   * one in η go on; `stop` ends a trial that does not rank high enough when it reports.
   */
  readonly mode: 'promote' | 'delayedPromote' | 'stop';
  /** η: one trial in η goes on. */
  readonly reductionFactor: number;
  /** What trials are ranked by: one loss, or all of them. */
  readonly by: 'firstObjective' | 'nonDominatedRank';
  /** Of the first objective: for the reason, which tells the cut as the user counts. */
  readonly direction: Objective['direction'];
}

/**
 * Asynchronous successive halving: the best 1/η of all trials that have reported at a rung go on, and nobody waits for
 * a rung to fill up. Source: Li et al., MLSys 2020, arXiv:1810.05934, algorithm 2 (`promote`); the stopping variant is
 * Ray Tune's and Syne Tune's: a trial that comes before η others have reported goes on. Delayed promotion is
 * Hyper-Tune's (Li et al., VLDB 2022, arXiv:2201.06834): early arrivals that later trials push out of the best 1/η
 * have had their promotion, and it is not given again until the rung has grown to match. Several objectives are ranked
 * by fronts as in Schmucker et al., arXiv:2106.12639, with NSGA-II's crowding distance inside a front.
 */
export function asha(settings: AshaSettings): Pruner {
  return settings.mode === 'stop'
    ? { decide: (rungs, trial, rung) => decideToStop(rungs[rung]!, trial, settings), promotion: () => undefined }
    : {
        decide: (rungs, trial, rung) => decideToPromote(rungs[rung]!, trial, settings),
        promotion: (rungs) => findPromotion(rungs, settings),
      };
}

function decideToPromote(rung: Rung, trial: number, settings: AshaSettings): Decision {
  const { mode, reductionFactor } = settings;
  const { loss, place } = standing(rung, trial, settings);
  const { rank, of, kept } = place;
  if (Number.isNaN(loss)) return { action: 'stop', reason: { code: 'diverged' } };
  if (kept === 0) return { action: 'pause', reason: { code: 'rungTooSmall', of, needed: reductionFactor } };
  if (rank > kept) return { action: 'pause', reason: { code: 'rankedBelowTop', ...place } };
  const promoted = promotedFrom(rung);
  if (mode === 'delayedPromote' && promoted >= kept)
    return { action: 'pause', reason: { code: 'promotionDelayed', rank, of, kept, promoted } };
  return { action: 'continue', reason: { code: 'rankedInTop', ...place } };
}

function decideToStop(rung: Rung, trial: number, settings: AshaSettings): Decision {
  const { loss, place } = standing(rung, trial, settings);
  const { rank, of, kept } = place;
  if (Number.isNaN(loss)) return { action: 'stop', reason: { code: 'diverged' } };
  if (kept === 0) return { action: 'continue', reason: { code: 'rungTooSmall', of, needed: settings.reductionFactor } };
  if (rank <= kept) return { action: 'continue', reason: { code: 'rankedInTop', ...place } };
  return { action: 'stop', reason: { code: 'rankedBelowTop', ...place } };
}

/** Top rungs first, as the paper scans them: what is closest to its end is finished first. */
function findPromotion(rungs: readonly Rung[], settings: AshaSettings): Promotion | undefined {
  for (let rung = rungs.length - 2; rung >= 0; rung -= 1) {
    const table = rungs[rung]!;
    const of = table.trials.length;
    const kept = Math.floor(of / settings.reductionFactor);
    if (settings.mode === 'delayedPromote' && promotedFrom(table) >= kept) continue;
    const closed = new Set(table.closed);
    const ranked = rankedBy(table, settings);
    const best = ranked.slice(0, kept).find(({ trial, loss }) => !closed.has(trial) && !Number.isNaN(loss));
    if (best !== undefined) {
      const reason = { code: 'rankedInTop', rank: best.rank, of, kept, ...cutOf(ranked, kept, settings) } as const;
      return { trial: best.trial, rung: rung + 1, reason };
    }
  }
  return undefined;
}

/** Trials that went on. One that a user stopped while it waited counts too: the table cannot tell, and it errs towards delay. */
function promotedFrom({ trials, losses, closed }: Rung): number {
  const done = new Set(closed);
  return trials.filter((trial, arrival) => done.has(trial) && losses[arrival] !== null).length;
}

interface Place {
  readonly rank: number;
  readonly of: number;
  readonly kept: number;
  readonly cut?: number;
}

/** Where a trial stands at a rung. `loss` is NaN when it has diverged. */
function standing(rung: Rung, trial: number, settings: AshaSettings): { readonly loss: number; readonly place: Place } {
  const ranked = rankedBy(rung, settings);
  const found = ranked.find((entry) => entry.trial === trial);
  if (found === undefined) throw new RangeError(`trial ${trial} has no report at this rung`);
  const kept = Math.floor(ranked.length / settings.reductionFactor);
  return { loss: found.loss, place: { rank: found.rank, of: ranked.length, kept, ...cutOf(ranked, kept, settings) } };
}

const rankedBy = (rung: Rung, { by }: AshaSettings): readonly RankedTrial[] =>
  by === 'nonDominatedRank' ? paretoRanking(rung) : ranking(rung);

/** The value of the last that goes on, as the user counts it. There is none among several objectives, or before anybody goes on. */
function cutOf(ranked: readonly RankedTrial[], kept: number, { by, direction }: AshaSettings): { readonly cut?: number } {
  const last = ranked[kept - 1]?.loss;
  return by === 'nonDominatedRank' || last === undefined || Number.isNaN(last) ? {} : { cut: valueOfLoss(last, direction) };
}
