import type { Assignment } from '../../trial.ts';
import type { Observations, Observed } from '../observations.ts';

/** A trial with the loss that it would have at the highest rung that enough trials have reached. */
export interface Foretold {
  readonly assignment: Assignment;
  readonly loss: number;
  /** How far off that may be, as a variance; 0 for a trial that was there. */
  readonly variance: number;
}

/** Trials that two neighbouring rungs must share before the upper one is foretold from the lower. */
const enough = 3;

/**
 * Losses of different rungs on one scale. From each rung to the next goes a regression on the trials that reported at both;
 * a trial that stopped early is carried up by those, and its uncertainty grows on the way. Pruning selects trials by the very
 * loss that the regression starts from, and so does not bias it.
 * @returns in the order of the lowest rung that each has reached, best first: always the same for the same losses
 */
export function foretold({ rungs }: Observations): readonly Foretold[] {
  const tables = rungs.map((rung) => new Map(rung.map((observed) => [observed.trial, observed])));
  const steps = rungs.slice(1).map((rung, below) => {
    const pairs = rung.flatMap(({ trial, loss }) =>
      tables[below]!.has(trial) ? [{ below: tables[below]!.get(trial)!.loss, above: loss }] : [],
    );
    return pairs.length < enough ? undefined : stepOf(pairs, rungs[below]!);
  });
  const top = steps.indexOf(undefined) === -1 ? steps.length : steps.indexOf(undefined);

  return [...new Map(rungs.slice(0, top + 1).flatMap((rung) => rung.map(({ trial }) => [trial, trial]))).keys()].map((trial) => {
    const reached = tables.findLastIndex((table, rung) => rung <= top && table.has(trial));
    const { assignment, loss } = tables[reached]!.get(trial)!;
    return { assignment, ...steps.slice(reached, top).reduce(carried, { loss, variance: 0 }) };
  });
}

/** A straight line from the loss at a rung to that at the next, and the variance around it. */
interface Step {
  readonly slope: number;
  readonly shift: number;
  readonly residual: number;
}

const carried = ({ loss, variance }: Omit<Foretold, 'assignment'>, step: Step | undefined) => ({
  loss: step!.shift + step!.slope * loss, // ! is safe: every step up to the top is there
  variance: step!.slope ** 2 * variance + step!.residual,
});

/** Beliefs before any trial was seen at both rungs: losses spread less at the upper one, and its rank is much the same. They weigh as much as one trial and as two. */
const prior = { slope: 0.7, residualShare: 0.02 };

function stepOf(pairs: readonly { readonly below: number; readonly above: number }[], rung: readonly Observed[]): Step {
  const spread = variance(rung.map(({ loss }) => loss));
  const [x, y] = [mean(pairs.map(({ below }) => below)), mean(pairs.map(({ above }) => above))];
  const both = pairs.reduce((sum, { below, above }) => sum + (below - x) * (above - y), prior.slope * spread);
  const along = pairs.reduce((sum, { below }) => sum + (below - x) ** 2, spread);
  const slope = along > 0 ? Math.max(0, both / along) : 0;
  const off = pairs.reduce((sum, { below, above }) => sum + (above - y - slope * (below - x)) ** 2, 2 * prior.residualShare * spread);
  return { slope, shift: y - slope * x, residual: off / (pairs.length + 2) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}
