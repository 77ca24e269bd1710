import { onlyTrials, type Rung } from '../rung.ts';
import { type AshaSettings, asha } from './asha.ts';
import type { Promotion, Pruner } from './pruner.ts';

/**
 * One asha per bracket; bracket b compares its own trials only, and from rung b on, so that a configuration which begins
 * slowly has a chance. A trial's number says its bracket. Source: Li et al., JMLR 18(185), 2018, algorithm 1, with the
 * brackets side by side as in Optuna. A trial reports at the rungs below its bracket too, where only NaN stops it.
 */
export function hyperband(settings: AshaSettings): Pruner {
  const { decide, promotion } = asha(settings);
  return {
    decide: (rungs, trial, rung) => {
      const bracketOfTrial = bracketOf(rungs.length, settings.reductionFactor);
      const bracket = bracketOfTrial(trial);
      const { trials, losses } = rungs[rung]!;
      if (losses[trials.indexOf(trial)] === null) return { action: 'stop', reason: { code: 'diverged' } };
      if (rung < bracket) return { action: 'continue', reason: { code: 'belowBracket', from: bracket } };
      return decide(onlyBracket(rungs, bracket, bracketOfTrial), trial, rung);
    },
    promotion: (rungs) => {
      const bracketOfTrial = bracketOf(rungs.length, settings.reductionFactor);
      return rungs
        .map((_, bracket) => promotion(onlyBracket(rungs, bracket, bracketOfTrial)))
        .filter((earned): earned is Promotion => earned !== undefined)
        .toSorted((a, b) => b.rung - a.rung)[0]; // what is closest to its end; of equals the one from the lowest bracket
    },
  };
}

/** Golden ratio less one: its multiples, modulo 1, fill the unit interval evenly from the first few on. */
const goldenStep = (Math.sqrt(5) - 1) / 2;

/**
 * The rung at which a trial is compared first, by its number. Over many trials each bracket gets the share that Hyperband
 * gives it, and over few nearly so: no bracket has to wait for another to be full.
 */
export function bracketOf(rungs: number, eta: number): (trial: number) => number {
  const sizes = bracketSizes(rungs, eta);
  const ends = sizes.map((_, bracket) => sum(sizes.slice(0, bracket + 1)));
  return (trial) => ends.findIndex((end) => ((trial * goldenStep) % 1) * ends.at(-1)! < end);
}

/** Trials that Hyperband gives each bracket, lowest first rung first: n = ⌈(s_max + 1) / (s + 1) · η^s⌉, where s counts the comparisons that a trial of the bracket goes through. */
export function bracketSizes(rungs: number, eta: number): readonly number[] {
  const sizes: number[] = [];
  let growth = 1; // multiplied up, for a power may differ in its last bit between builds of V8, and workflows replay
  for (let comparisons = 0; comparisons < rungs; comparisons += 1) {
    sizes.unshift(Math.ceil((rungs * growth) / (comparisons + 1)));
    growth *= eta;
  }
  return sizes;
}

/** The tables as one bracket sees them: its trials, and nobody below its first rung. */
export function onlyBracket(rungs: readonly Rung[], bracket: number, of: (trial: number) => number): readonly Rung[] {
  return rungs.map((table, rung) => onlyTrials(table, (trial) => rung >= bracket && of(trial) === bracket));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
