import { compareLosses } from '../order.ts';
import { lossesUpTo, type Rung, ranking } from '../rung.ts';
import type { Objective } from '../trial.ts';
import { asha } from './asha.ts';
import { percentileOf } from './percentile-of.ts';
import type { Pruner } from './pruner.ts';

export interface PashaSettings {
  /** As for asha. There is no `stop`: who is at the ceiling has to wait. */
  readonly mode: 'promote' | 'delayedPromote';
  readonly reductionFactor: number;
  readonly direction: Objective['direction'];
}

/**
 * asha below a ceiling that rises only when it must: two rungs at first, and one more whenever the two highest in use
 * rank trials otherwise by more than noise. Source: Bohdal et al., ICLR 2023, arXiv:2207.06940, algorithm 1. The ceiling
 * is a function of the tables here: a rung that has a report stays in use, and one that nobody has reached is given up
 * again when later reports put the ranking right.
 */
export function pasha({ mode, reductionFactor, direction }: PashaSettings): Pruner {
  const { decide, promotion } = asha({ mode, reductionFactor, direction, by: 'firstObjective' });
  return {
    decide: (rungs, trial, rung) => {
      const ceiling = ceilingOf(rungs);
      if (rung < ceiling - 1) return decide(rungs, trial, rung);
      const ranked = ranking(rungs[rung]!);
      const { rank, loss } = ranked.find((entry) => entry.trial === trial)!;
      if (Number.isNaN(loss)) return { action: 'stop', reason: { code: 'diverged' } };
      return { action: 'pause', reason: { code: 'atCeiling', rank, of: ranked.length, rungs: ceiling } };
    },
    promotion: (rungs) => promotion(rungs.slice(0, ceilingOf(rungs))),
  };
}

/** How many rungs are in use, from the lowest. */
function ceilingOf(rungs: readonly Rung[]): number {
  const reached = rungs.findLastIndex(({ trials }) => trials.length > 0) + 1;
  const used = Math.max(2, reached);
  return used < rungs.length && isUnstable(rungs.slice(0, used)) ? used + 1 : used;
}

/** Asked at each turn of the sweep, and changed only by a report at the highest rung: all that it reads was there by then. */
const known = new WeakMap<Rung['losses'], boolean>();

function isUnstable(used: readonly Rung[]): boolean {
  const top = used.at(-1)!;
  if (top.trials.length < 2) return false;
  const answer = known.get(top.losses) ?? ranksOtherwise(top.trials.map((trial) => lossesUpTo(used, trial, used.length - 1)));
  known.set(top.losses, answer);
  return answer;
}

/**
 * The soft ranking of section 4.2: each place at the highest rung must be held by a trial that was within the noise of
 * whoever held that place one rung below.
 * @param curves - losses of each trial at the highest rung, lowest rung first; NaN at the last one alone
 */
function ranksOtherwise(curves: readonly (readonly number[])[]): boolean {
  const noise = noiseOf(curves);
  const now = curves.toSorted((a, b) => compareLosses(a.at(-1)!, b.at(-1)!));
  const before = curves.toSorted((a, b) => compareLosses(a.at(-2)!, b.at(-2)!));
  return now.some((curve, place) => Math.abs(curve.at(-2)! - before[place]!.at(-2)!) > noise);
}

/**
 * By how much two trials may differ and yet change places for no reason: the 90th percentile of the distances between
 * trials whose curves have crossed twice. 0 where none have. Source: section 4.3; read off the rungs, for nothing is
 * reported between them, so that three rungs are needed to see any.
 */
function noiseOf(curves: readonly (readonly number[])[]): number {
  const numbers = curves.filter((curve) => !curve.some(Number.isNaN));
  const distances = numbers.flatMap((curve, index) =>
    numbers
      .slice(0, index)
      .filter((other) => crossedTwice(curve, other))
      .map((other) => Math.abs(curve.at(-1)! - other.at(-1)!)),
  );
  return distances.length === 0 ? 0 : percentileOf(distances, 90);
}

/** One of them was ahead, then the other, and at the last rung the first one again. */
function crossedTwice(curve: readonly number[], other: readonly number[]): boolean {
  const signs = curve.map((loss, rung) => Math.sign(loss - other[rung]!));
  const last = signs.at(-1)!;
  const turned = signs.lastIndexOf(-last);
  return last !== 0 && turned > 0 && signs.slice(0, turned).includes(last);
}
