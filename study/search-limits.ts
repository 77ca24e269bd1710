/** What ends a search before all of its trials are done, as far as reports can tell. The clock is the workflow's. */

import type { Origin } from './log.ts';
import { lossOf } from './objective.ts';
import type { Ending } from './outcome.ts';
import type { Ledger, SweepPlan, SweepState } from './sweep-state.ts';
import type { JsonNumber, Objective, Report } from './trial.ts';

/**
 * The ledger with one more report of the search.
 * @param loss - of the report
 * @param trials - how many trials have reported at the first rung, this one included
 */
export function entered(ledger: Ledger, plan: SweepPlan, report: Report, loss: JsonNumber, trials: number): Ledger {
  const gpuSeconds = ledger.gpuSeconds + report.cost.gpuSeconds;
  const { record } = ledger;
  const isRecord =
    isTop(report, plan) && loss !== null && (record === undefined || loss < record.loss - (plan.noImprovement?.minDelta ?? 0));
  if (isRecord) return { gpuSeconds, record: { loss, trials } };
  return { gpuSeconds, ...(record && { record }) };
}

/** The limit that this report has reached, if any. A goal counts before a budget that ran out with the same report. */
export function limitReached({ plan, ledger, rungs }: SweepState, report: Report): Ending | undefined {
  const { gpuSeconds, record } = ledger;
  const { noImprovement } = plan;
  const gpuHours = gpuSeconds / 3600;
  if (isTop(report, plan) && reachesGoals(report, plan.objectives)) return 'goalReached';
  if (plan.gpuHours !== undefined && gpuHours >= plan.gpuHours) return 'gpuHoursSpent';
  if (plan.cost !== undefined && gpuHours * plan.cost.pricePerGpuHour >= plan.cost.max) return 'costSpent';
  if (noImprovement === undefined || record === undefined) return undefined;
  return rungs[0]!.trials.length - record.trials >= noImprovement.trials ? 'noImprovement' : undefined;
}

/** How many suggestions in a row, this one included, were expected to bring too little. */
export function unpromisingAfter({ plan, unpromising }: SweepState, origin: Origin): number {
  if (plan.noExpectedImprovement === undefined || origin.by !== 'sampler' || origin.expectedImprovement === undefined) return unpromising;
  return origin.expectedImprovement < plan.noExpectedImprovement.below ? unpromising + 1 : 0;
}

const isTop = ({ rung }: Report, { rungs }: SweepPlan): boolean => rung === rungs.length - 1;

/** One trial must reach all goals that there are. */
function reachesGoals({ metrics, diverged }: Report, objectives: readonly Objective[]): boolean {
  const withGoal = objectives.filter(({ goal }) => goal !== undefined);
  if (diverged || withGoal.length === 0) return false;
  return withGoal.every((objective) => lossOf(metrics, objective) <= lossOf({ [objective.metric]: objective.goal! }, objective));
}
