/** The comparison that counts: the finalists on data that chose nothing, over fresh seeds. */
import type { Objective } from './trial.ts';
import type { TrialRow } from './trial-rows.ts';

export interface HeldOutScore {
  /** `best`, the name of a baseline, or `majority`. */
  readonly name: string;
  /** The search trial whose configuration it is; absent for `majority`, which trains nothing. */
  readonly trial?: number;
  /** One value per fresh seed. */
  readonly values: readonly number[];
  readonly mean: number;
  /** Sample standard deviation over the seeds; absent when there is one value only. */
  readonly deviation?: number;
}

/** `eval/accuracy` is selected on, `test/accuracy` is the same on the held-out split. */
export function heldOutMetric(metric: string): string {
  return metric.replace(/^eval\//, 'test/');
}

/** The best configuration first, then the baselines in their order, then the majority class when the objective is accuracy. */
export function heldOutScores(rows: readonly TrialRow[], best: TrialRow, objective: Objective): readonly HeldOutScore[] {
  const metric = heldOutMetric(objective.metric);
  const finalsOf = (trial: number): readonly TrialRow[] => rows.filter((row) => row.origin.by === 'final' && row.origin.of === trial);
  const baselines = rows.flatMap((row) => (row.origin.by === 'enqueued' ? [{ name: row.origin.name, trial: row.trial }] : []));
  const scores = [{ name: 'best', trial: best.trial }, ...baselines].map(({ name, trial }) => ({
    trial,
    ...score(name, numbers(finalsOf(trial).map((row) => row.metrics[metric]))),
  }));
  const majority = metric === 'test/accuracy' ? numbers(finalsOf(best.trial).map((row) => row.metrics['test/majority'])).slice(0, 1) : [];
  return [...scores, score('majority', majority)].filter(({ values }) => values.length > 0);
}

/** By how much one score is better than another. Noise is two standard errors of the difference of the means (Welch); unknown when there is a single seed. */
export function gainOver(
  score: HeldOutScore,
  other: HeldOutScore,
  { direction }: Objective,
): { readonly gain: number; readonly noise: number | undefined } {
  const gain = direction === 'maximize' ? score.mean - other.mean : other.mean - score.mean;
  const noise = score.deviation === undefined ? undefined : 2 * Math.sqrt(squaredError(score) + squaredError(other));
  return { gain, noise };
}

/** One sentence per baseline: is the best configuration better than it by more than noise? */
export function comparison(scores: readonly HeldOutScore[], objective: Objective): readonly string[] {
  const [best, ...others] = scores;
  if (best === undefined || best.name !== 'best') return [];
  return others.map((other) => {
    if (other.trial !== undefined && other.trial === best.trial) return `The best configuration is ${other.name} itself.`;
    const { gain, noise } = gainOver(best, other, objective);
    if (noise === undefined) return `${verb(gain)} ${other.name} by ${shown(Math.abs(gain))} on one seed, which says little.`;
    if (Math.abs(gain) <= noise)
      return `The best configuration does not beat ${other.name} by more than noise (${shown(gain)}, noise ${shown(noise)}).`;
    return `${verb(gain)} ${other.name} by ${shown(Math.abs(gain))} (noise ${shown(noise)}).`;
  });
}

const verb = (gain: number): string => (gain >= 0 ? 'The best configuration beats' : 'The best configuration loses to');
const squaredError = ({ deviation, values }: HeldOutScore): number => (deviation === undefined ? 0 : deviation ** 2 / values.length);
const shown = (value: number): string => value.toFixed(3);

function score(name: string, values: readonly number[]): HeldOutScore {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  if (values.length < 2) return { name, values, mean };
  const deviation = Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1));
  return { name, values, mean, deviation };
}

function numbers(values: readonly (number | null | undefined)[]): readonly number[] {
  return values.filter((value) => typeof value === 'number');
}
