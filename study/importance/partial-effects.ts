import { type RandomStream, shuffled } from '../random.ts';
import { leftOutPredictions, type Matrix, regressionOn, standardised, varianceOf } from './regression.ts';

/** The columns that stand for one setting; each has a number per trial. */
export type Group = readonly (readonly number[])[];

export interface PartialEffect {
  /** Share of the variance that the group explains once the other groups have explained what they can, less what chance alone would. */
  readonly share: number;
  /** 95 % interval of the share, over trials drawn again. */
  readonly interval: readonly [number, number];
  /** How often a group explains as much when what the others leave is dealt out to the trials at random. */
  readonly p: number;
}

const shuffles = 1000;
const resamples = 500;

/**
 * What each group adds to the others. A ridge regression on the other groups predicts each trial from the rest of the
 * trials; what it leaves over is regressed on the group without a penalty, so that the share is not shrunk. Intervals are
 * mirrored about the estimate, for a fit to trials drawn again is too good by about as much as the fit to the trials is.
 * @param values - one per trial, at least two of them different
 * @see Hoerl, Kennard, Ridge regression, Technometrics 12, 1970; Efron, Tibshirani, An introduction to the bootstrap, 1993
 */
export function partialEffects(groups: readonly Group[], values: readonly number[], random: RandomStream): readonly PartialEffect[] {
  const target = standardised(values)!;
  const varying = groups.map((group) => group.map(standardised).filter((column) => column !== undefined));
  return varying.map((group, index) => {
    const others = varying.filter((_, other) => other !== index).flat();
    const predicted = leftOutPredictions(rowsOf(others, target.length), target);
    return effectOf(
      rowsOf(group, target.length),
      target.map((value, trial) => value - predicted[trial]!),
      random,
    );
  });
}

/** @param left - what is to be explained, as a part of values of variance 1 */
function effectOf(rows: Matrix, left: readonly number[], random: RandomStream): PartialEffect {
  if (rows[0]!.length === 0) return { share: 0, interval: [0, 0], p: 1 };
  const explain = regressionOn(rows);
  const variance = varianceOf(left);
  const share = explain(left);
  const byChance = Array.from({ length: shuffles }, () => explain(shuffled(left, random)));
  const chance = byChance.reduce((sum, one) => sum + one, 0) / shuffles;
  const drawnAgain = Array.from({ length: resamples }, () => {
    const trials = rows.map(() => random.int(rows.length));
    const drawn = trials.map((trial) => left[trial]!);
    return (regressionOn(trials.map((trial) => rows[trial]!))(drawn) / varianceOf(drawn)) * variance;
  }).sort((a, b) => a - b);
  const mirrored = (quantile: number): number => withinUnit(2 * share - drawnAgain[Math.round(quantile * (resamples - 1))]! - chance);
  const asMuch = byChance.filter((one) => one >= share).length;
  return { share: withinUnit(share - chance), interval: [mirrored(0.975), mirrored(0.025)], p: (asMuch + 1) / (shuffles + 1) };
}

const rowsOf = (columns: Group, count: number): Matrix =>
  Array.from({ length: count }, (_, trial) => columns.map((column) => column[trial]!));

const withinUnit = (share: number): number => Math.min(1, Math.max(0, share));
