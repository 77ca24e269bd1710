import type { JsonNumber, Objective } from './trial.ts';

/** A report without a metric that the sweep is about. Every report of this trainer will lack it, so trying again is in vain. */
class MissingMetricError extends Error {
  override readonly name = 'MissingMetricError';

  constructor(metric: string, reported: readonly string[]) {
    const there = reported.length === 0 ? 'nothing' : reported.join(', ');
    super(`the report has no metric ${metric}; it has ${there}: have the trainer report it, or name another in spec.objectives`);
  }
}

/**
 * The one place that knows of direction: from here on lower is better.
 * @returns NaN, which is worse than any number, for a metric that is `null` (JSON's NaN)
 * @throws {MissingMetricError} if the report does not hold the metric
 */
export function lossOf(metrics: Readonly<Record<string, JsonNumber>>, { metric, direction }: Objective): number {
  const value = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
  if (value === undefined) throw new MissingMetricError(metric, Object.keys(metrics).sort());
  if (value === null) return Number.NaN;
  return direction === 'minimize' ? value : 0 - value; // not -value: a score of 0 is a loss of 0, not of -0
}

/** The same for a log that may hold other reports: one without the metric is as bad as one that is no number. */
export function lossIfReported(metrics: Readonly<Record<string, JsonNumber>>, objective: Objective): number {
  return Object.hasOwn(metrics, objective.metric) ? lossOf(metrics, objective) : Number.NaN;
}

/**
 * The losses of a report as rung tables hold them, an objective each; `null` is NaN. Where there are several they have
 * six significant digits, so that a workflow can carry those of 10,000 trials.
 * @throws {MissingMetricError} if the report lacks one of the metrics
 */
export function lossesOf(metrics: Readonly<Record<string, JsonNumber>>, objectives: readonly Objective[]): readonly JsonNumber[] {
  const losses = objectives.map((objective) => lossOf(metrics, objective));
  return losses.map((loss) => (Number.isNaN(loss) ? null : losses.length === 1 ? loss : Number(loss.toPrecision(6))));
}

/** The way back: a loss as the user counts it. */
export function valueOfLoss(loss: number, direction: Objective['direction']): number {
  return direction === 'minimize' ? loss : 0 - loss; // as above
}
