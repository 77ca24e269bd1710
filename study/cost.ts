/** What a trial costs, as something that a sweep can optimise. */
import type { Report } from './trial.ts';

export type Cost = Report['cost'];

/** Metrics that the engine adds to every report: all that the trial has spent up to that rung. A trainer need not report them. */
export const costMetrics: readonly string[] = ['cost/seconds', 'cost/gpuSeconds'];

/** @param report - whose own cost counts from the trial's last report */
export function costSoFar({ cost }: Report, before: Cost): Cost {
  return { seconds: before.seconds + cost.seconds, gpuSeconds: before.gpuSeconds + cost.gpuSeconds };
}

export function withCostMetrics(report: Report, { seconds, gpuSeconds }: Cost): Report {
  return { ...report, metrics: { ...report.metrics, 'cost/seconds': seconds, 'cost/gpuSeconds': gpuSeconds } };
}
