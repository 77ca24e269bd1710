import { valueOfLoss } from '../objective.ts';
import { type RandomStream, seededStream } from '../random.ts';
import { lossesUpTo, type Rung, ranking } from '../rung.ts';
import type { Decision, Objective } from '../trial.ts';
import type { Pruner } from './pruner.ts';
import { studentCdf } from './student-cdf.ts';

export interface CurveSettings {
  /** A trial that will end below the best loss with less than this probability is stopped. Above 0, below 1. */
  readonly minProbability: number;
  /** Trials that must have been trained to the end before any is stopped. Never fewer than 3: errors of fewer have no spread to speak of. */
  readonly startupTrials: number;
  /** Optimizer steps per rung, increasing. */
  readonly steps: readonly number[];
  readonly seed: number;
  /** For the reason, which tells values as the user counts. */
  readonly direction: Objective['direction'];
}

/**
 * Carries a trial's curve on to the last rung, loss = c + a · steps^-b, and stops the trial when it is unlikely to get
 * below the best there. c and a are the trial's own, by least squares. The exponent b, which two or three rungs
 * cannot tell, is the one that carries on the trials trained to the end with the least spread of errors; resamples of these
 * trials (bootstrap) say how sure that is, and their errors how far a curve strays. The idea is Domhan et al.'s, IJCAI 2015,
 * with their decision rule; the errors seen in place of a model's likelihood, because curves of fine-tuning have steps.
 */
export function curve(settings: CurveSettings): Pruner {
  return { decide: (rungs, trial, rung) => decide(rungs, trial, rung, settings), promotion: () => undefined };
}

function decide(
  rungs: readonly Rung[],
  trial: number,
  rung: number,
  { minProbability, startupTrials, steps, seed, direction }: CurveSettings,
): Decision {
  const losses = lossesUpTo(rungs, trial, rung);
  if (Number.isNaN(losses.at(-1))) return { action: 'stop', reason: { code: 'diverged' } };
  if (losses.length < 2) return { action: 'continue', reason: { code: 'tooFewRungs', of: losses.length, needed: 2 } };
  const finished = finishedCurves(rungs, rung);
  const needed = Math.max(startupTrials, 3);
  if (finished.length < needed) return { action: 'continue', reason: { code: 'tooFewFinished', of: finished.length, needed } };

  const ranked = ranking(rungs[rung]!);
  const { rank } = ranked.find((entry) => entry.trial === trial)!;
  const place = { rank, of: ranked.length };
  if (rank === 1) {
    const cut = valueOfLoss(losses.at(-1)!, direction);
    return { action: 'continue', reason: { code: 'rankedInTop', ...place, kept: 1, cut } };
  }
  const best = ranking(rungs.at(-1)!)[0]!.loss;
  const { probability, expected } = chanceBelow(best, losses, finished.slice(-mostFinished), steps, seededStream(seed, trial));
  const told = { ...place, probability, minProbability, expected: valueOfLoss(expected, direction), best: valueOfLoss(best, direction) };
  return probability < minProbability
    ? { action: 'stop', reason: { code: 'unlikelyBest', ...told } }
    : { action: 'continue', reason: { code: 'possiblyBest', ...told } };
}

/** So many of the trials trained to the end are learnt from, the latest: more would cost time and tell no more. */
const mostFinished = 100;
const resamples = 50;
/** Exponents from 1/8 to 2 by eighths: roots and products alone, for a power may differ in its last bit between builds of V8. */
const mostEighths = 16;

interface FinishedCurve {
  /** At the rungs that the trial in question has, lowest first. */
  readonly losses: readonly number[];
  readonly end: number;
}

/** Of the trials that reached the top with a number, in the order in which they did. */
function finishedCurves(rungs: readonly Rung[], rung: number): readonly FinishedCurve[] {
  const { trials, losses } = rungs.at(-1)!;
  const before = rungs.slice(0, rung + 1).map((table) => new Map(table.trials.map((trial, arrival) => [trial, table.losses[arrival]!])));
  return trials.flatMap((trial, arrival) => {
    const end = losses[arrival]!;
    return end === null ? [] : [{ losses: before.map((table) => table.get(trial)!), end }];
  });
}

/** The probability that a curve ends below a loss, or just there; and where it is expected to end. */
function chanceBelow(
  best: number,
  losses: readonly number[],
  finished: readonly FinishedCurve[],
  steps: readonly number[],
  random: RandomStream,
): { readonly probability: number; readonly expected: number } {
  const fits = fallsOf(steps).map((falls) => {
    const errors = finished.map((curve) => curve.end - extrapolated(curve.losses, falls));
    const { mean, spread } = momentsOf(errors);
    const expected = extrapolated(losses, falls) + mean;
    return { errors, expected, probability: chance(best - expected, spread, finished.length) };
  });
  const drawn = Array.from({ length: resamples }, () => {
    const indices = finished.map(() => random.int(finished.length));
    const spreads = fits.map(({ errors }) => momentsOf(indices.map((index) => errors[index]!)).spread);
    return fits[spreads.indexOf(Math.min(...spreads))]!;
  });
  const meanOf = (field: 'probability' | 'expected') => drawn.reduce((sum, fit) => sum + fit[field], 0) / resamples;
  return { probability: meanOf('probability'), expected: meanOf('expected') };
}

/** That one more error, drawn as the ones seen, stays within the gap. Degrees of freedom are rounded down to even ones, which errs towards going on. */
function chance(gap: number, spread: number, seen: number): number {
  if (spread === 0) return gap >= 0 ? 1 : 0;
  return studentCdf(gap / (spread * Math.sqrt(1 + 1 / seen)), 2 * Math.floor((seen - 1) / 2));
}

/** steps^-b at each rung, relative to the first, for each exponent of the grid: (exponents, rungs). */
function fallsOf(steps: readonly number[]): readonly (readonly number[])[] {
  const roots = steps.map((step) => Math.sqrt(Math.sqrt(Math.sqrt(steps[0]! / step))));
  const falls = [roots];
  while (falls.length < mostEighths) falls.push(falls.at(-1)!.map((fall, rung) => fall * roots[rung]!));
  return falls;
}

/** The line through (fall, loss) that fits best, at the last rung. At least two losses. */
function extrapolated(losses: readonly number[], falls: readonly number[]): number {
  const seen = falls.slice(0, losses.length);
  const { mean } = momentsOf(losses);
  const centre = momentsOf(seen).mean;
  const slope =
    seen.reduce((sum, fall, rung) => sum + (fall - centre) * (losses[rung]! - mean), 0) /
    seen.reduce((sum, fall) => sum + (fall - centre) * (fall - centre), 0);
  return mean + slope * (falls.at(-1)! - centre);
}

/** `spread`: the standard deviation, with one degree of freedom gone into the mean. At least two values. */
function momentsOf(values: readonly number[]): { readonly mean: number; readonly spread: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, spread: Math.sqrt(squares / (values.length - 1)) };
}
