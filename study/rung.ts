import { type Losses, paretoOrder } from './dominance.ts';
import { compareLosses } from './order.ts';
import type { JsonNumber } from './trial.ts';

/**
 * One rung as the search sees it, in order of arrival. Columns, not rows: 10,000 trials must fit the 500 kB that a
 * workflow may carry from one run to the next.
 */
export interface Rung {
  readonly trials: readonly number[];
  /** Lower is better; `null` is NaN, worse than any number. Same length as `trials`. */
  readonly losses: readonly JsonNumber[];
  /** The losses of each further objective, when there are any; each of the same length as `trials`. */
  readonly others?: readonly (readonly JsonNumber[])[];
  /** The best trial's losses by example, for a pruner that compares with it. Those of the others would be too much to carry. */
  readonly best?: PairedLosses;
  /** Trials of this rung that need no further decision here: they went on, or they ended. */
  readonly closed: readonly number[];
}

/** What a trial lost on each example of its evaluation. */
interface PairedLosses {
  readonly trial: number;
  readonly losses: readonly number[];
}

export const emptyRung: Rung = { trials: [], losses: [], closed: [] };

/**
 * @param losses - an objective each
 * @param paired - an example each, if the report has them
 */
export function withReport(rung: Rung, trial: number, [loss = null, ...others]: readonly JsonNumber[], paired?: readonly number[]): Rung {
  const reported: Rung = {
    ...rung,
    trials: [...rung.trials, trial],
    losses: [...rung.losses, loss],
    ...(others.length > 0 && { others: others.map((other, column) => [...(rung.others?.[column] ?? []), other]) }),
  };
  if (paired === undefined) return reported;
  const isBest = rung.best === undefined || ranking(reported)[0]!.trial === trial;
  return isBest ? { ...reported, best: { trial, losses: paired } } : reported;
}

/** The rung as if only these trials had reported. */
export function onlyTrials(rung: Rung, isIn: (trial: number) => boolean): Rung {
  const isKept = rung.trials.map(isIn);
  const kept = <T>(column: readonly T[]): readonly T[] => column.filter((_, arrival) => isKept[arrival]);
  const { trials, losses, closed, others } = rung;
  return { trials: kept(trials), losses: kept(losses), closed, ...(others && { others: others.map(kept) }) };
}

export function withClosed(rung: Rung, trial: number): Rung {
  return rung.closed.includes(trial) ? rung : { ...rung, closed: [...rung.closed, trial] };
}

export interface RankedTrial {
  readonly trial: number;
  /** By the first objective. */
  readonly loss: number;
  /** From 1, and never shared; NaN comes last. */
  readonly rank: number;
}

/** The trials of a rung by all objectives, best first: `paretoOrder` of their losses. A NaN in any of them is a NaN in `loss`. */
export const paretoRanking = onceFor((rung) => {
  const points = pointsOf(rung);
  return paretoOrder(points).map((arrival, index) => {
    const [loss, ...others] = points[arrival]!;
    return { trial: rung.trials[arrival]!, loss: others.some(Number.isNaN) ? Number.NaN : loss!, rank: index + 1 };
  });
});

/** What each trial lost, an objective each, in order of arrival. */
export function pointsOf({ losses, others = [] }: Rung): readonly Losses[] {
  return losses.map((loss, arrival) => [loss, ...others.map((column) => column[arrival]!)].map((each) => each ?? Number.NaN));
}

/** The trials of a rung by the first objective, best first. Where it is equal the next one decides, and in the end the arrival. */
export const ranking = onceFor(({ trials, losses, others = [] }) => {
  const columns = [losses, ...others].map((column) => column.map((loss) => loss ?? Number.NaN));
  return [...trials.keys()]
    .sort((a, b) => inTurn(columns, a, b) || a - b)
    .map((arrival, index) => ({ trial: trials[arrival]!, loss: columns[0]![arrival]!, rank: index + 1 }));
});

function inTurn(columns: readonly (readonly number[])[], a: number, b: number): number {
  for (const column of columns) {
    const order = compareLosses(column[a]!, column[b]!);
    if (order !== 0) return order;
  }
  return 0;
}

/** Each report makes new columns, and several questions are asked about them before the next comes: thousands are sorted once. */
function onceFor(rank: (rung: Rung) => readonly RankedTrial[]): (rung: Rung) => readonly RankedTrial[] {
  const known = new WeakMap<Rung['losses'], readonly RankedTrial[]>();
  return (rung) => {
    const ranked = known.get(rung.losses) ?? rank(rung);
    known.set(rung.losses, ranked);
    return ranked;
  };
}

/**
 * What a trial has reported so far, lowest rung first; NaN where the report was no number.
 * @throws {RangeError} if it has not reported at each rung up to `rung`
 */
export function lossesUpTo(rungs: readonly Rung[], trial: number, rung: number): readonly number[] {
  return rungs.slice(0, rung + 1).map(({ trials, losses }, index) => {
    const loss = losses[trials.indexOf(trial)];
    if (loss === undefined) throw new RangeError(`trial ${trial} has no report at rung ${index}`);
    return loss ?? Number.NaN;
  });
}

/** Trials that reported at the rung and still wait for a decision. */
export function waitingAt(rung: Rung): readonly number[] {
  const closed = new Set(rung.closed);
  return rung.trials.filter((trial) => !closed.has(trial));
}
