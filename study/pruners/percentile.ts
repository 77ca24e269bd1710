import { valueOfLoss } from '../objective.ts';
import { compareLosses } from '../order.ts';
import { lossesUpTo, type Rung } from '../rung.ts';
import type { Decision, Objective } from '../trial.ts';
import { percentileOf } from './percentile-of.ts';
import type { Pruner } from './pruner.ts';

export interface PercentileSettings {
  /** Above 0, below 100: a trial goes on while it is within the best so many percent. */
  readonly percentile: number;
  /** Trials that must have been trained to the end before any is stopped. */
  readonly startupTrials: number;
  /** For the reason, which tells the cut as the user counts. */
  readonly direction: Objective['direction'];
}

/**
 * Stops a trial whose best loss so far is worse than the percentile of what the trials that were trained to the end had
 * at the same rung. A loss equal to the cut goes on. Source: Optuna's PercentilePruner, numpy's linear percentile
 * included; at 50 the median rule of Golovin et al., KDD 2017, section 3.2.1, without its running averages.
 */
export function percentile(settings: PercentileSettings): Pruner {
  return { decide: (rungs, trial, rung) => decide(rungs, trial, rung, settings), promotion: () => undefined };
}

function decide(
  rungs: readonly Rung[],
  trial: number,
  rung: number,
  { percentile, startupTrials, direction }: PercentileSettings,
): Decision {
  const losses = lossesUpTo(rungs, trial, rung);
  if (Number.isNaN(losses.at(-1))) return { action: 'stop', reason: { code: 'diverged' } };
  const rivals = finishedLosses(rungs, rung);
  if (rivals.length < startupTrials)
    return { action: 'continue', reason: { code: 'tooFewFinished', of: rivals.length, needed: startupTrials } };
  const best = losses.toSorted(compareLosses)[0]!;
  const cutLoss = percentileOf(rivals, percentile);
  const rank = 1 + rivals.filter((loss) => loss <= best).length; // the others came first
  const place = { rank, of: rivals.length + 1, percentile, cut: valueOfLoss(cutLoss, direction) };
  return best <= cutLoss
    ? { action: 'continue', reason: { code: 'withinPercentile', ...place } }
    : { action: 'stop', reason: { code: 'beyondPercentile', ...place } };
}

/** What the trials that reached the top with a number had at a rung. */
function finishedLosses(rungs: readonly Rung[], rung: number): readonly number[] {
  const top = rungs.at(-1)!;
  const finished = new Set(top.trials.filter((_, arrival) => top.losses[arrival] !== null));
  const { trials, losses } = rungs[rung]!;
  return losses.flatMap((loss, arrival) => (loss !== null && finished.has(trials[arrival]!) ? [loss] : []));
}
