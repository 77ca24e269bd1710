import type { Condition } from '../api/condition.ts';
import type { CronSweepStatus } from '../api/cron-sweep-status.ts';
import { type Assertion, conditionsAfter } from '../sweep/conditions.ts';
import { hasEnded, type NightObject, newestFirst } from './night-history.ts';
import type { Night, NightSchedule } from './night-schedules.ts';

/** What a look at a CronSweep has found. */
export interface CronSweepObservation {
  readonly generation: number;
  /** What is wrong with its spec, if anything. */
  readonly invalid?: string;
  readonly engine:
    | { readonly reachable: false; readonly reason: string; readonly message: string }
    /** `taken`: why the schedule of that name is not ours, if so. */
    | { readonly reachable: true; readonly schedule?: NightSchedule; readonly taken?: string };
  /** Its Sweep objects. */
  readonly nights: readonly NightObject[];
}

const conditionTypes = ['Valid', 'EngineReachable', 'Scheduled', 'Regressed'] as const;

/** The status that says so. What cannot be seen now stays as it was said before. */
export function computeCronSweepStatus(observation: CronSweepObservation, before: CronSweepStatus | undefined, now: Date): CronSweepStatus {
  const { generation, engine, invalid } = observation;
  const schedule = engine.reachable ? engine.schedule : undefined;
  const observed = schedule !== undefined && invalid === undefined ? generation : before?.observedGeneration;
  return {
    ...(observed !== undefined && { observedGeneration: observed }),
    ...(schedule === undefined ? kept(before) : seen(schedule, before)),
    ...ofNights(newestFirst(observation.nights), before),
    conditions: conditionsAfter(conditionTypes, before?.conditions, assertionsOf(observation), generation, now),
  };
}

type Timing = Pick<CronSweepStatus, 'nextScheduleTime' | 'lastScheduleTime' | 'skipped' | 'lastBest' | 'studyBest'>;

function kept({ nextScheduleTime, lastScheduleTime, skipped, lastBest, studyBest }: CronSweepStatus = {}): Timing {
  return {
    ...(nextScheduleTime && { nextScheduleTime }),
    ...(lastScheduleTime && { lastScheduleTime }),
    ...(skipped && { skipped }),
    ...(lastBest !== undefined && { lastBest }),
    ...(studyBest && { studyBest }),
  };
}

function seen({ next: [next], nights, skipped }: NightSchedule, before: CronSweepStatus | undefined): Timing {
  const last = nights[0]?.at.toISOString() ?? before?.lastScheduleTime;
  const verdict = nights.find((night) => night.verdict !== undefined)?.verdict;
  const { lastBest, studyBest } = verdict === undefined ? kept(before) : { lastBest: verdict.best, studyBest: verdict.study };
  return {
    ...(next && { nextScheduleTime: next.toISOString() }),
    ...(last !== undefined && { lastScheduleTime: last }),
    skipped,
    ...(lastBest !== undefined && { lastBest: rounded(lastBest) }),
    ...(studyBest && { studyBest: { ...studyBest, value: rounded(studyBest.value) } }),
  };
}

const mostActive = 20;
const rounded = (value: number): number => Number(value.toPrecision(6));

function ofNights(
  nights: readonly NightObject[],
  before: CronSweepStatus | undefined,
): Pick<CronSweepStatus, 'active' | 'lastSweep' | 'lastSuccessfulTime'> {
  const lastSweep = nights[0]?.metadata.name ?? before?.lastSweep;
  const succeeded = nights.flatMap(({ status }) => (status?.state === 'Succeeded' ? (status.completionTime ?? []) : []));
  const lastSuccess = [...succeeded, ...(before?.lastSuccessfulTime === undefined ? [] : [before.lastSuccessfulTime])].sort().at(-1); // ISO 8601 sorts as text
  return {
    active: nights
      .filter((night) => !hasEnded(night))
      .slice(0, mostActive)
      .map(({ metadata }) => metadata.name),
    ...(lastSweep !== undefined && { lastSweep }),
    ...(lastSuccess !== undefined && { lastSuccessfulTime: lastSuccess }),
  };
}

function assertionsOf({ invalid, engine }: CronSweepObservation): readonly Assertion[] {
  const valid: Assertion =
    invalid === undefined
      ? { type: 'Valid', status: 'True', reason: 'Checked', message: 'The spec can run.' }
      : { type: 'Valid', status: 'False', reason: 'InvalidSpec', message: invalid };
  if (!engine.reachable) return [valid, { type: 'EngineReachable', status: 'False', reason: engine.reason, message: engine.message }];
  const reachable: Assertion = { type: 'EngineReachable', status: 'True', reason: 'Answers', message: 'Temporal answers.' };
  return [valid, reachable, ...scheduled(engine), ...regressed(engine.schedule?.nights ?? [])];
}

function scheduled({ schedule, taken }: { readonly schedule?: NightSchedule; readonly taken?: string }): readonly Assertion[] {
  const type = 'Scheduled';
  if (taken !== undefined) return [{ type, status: 'False', reason: 'ScheduleTaken', message: taken }];
  if (schedule === undefined) return [{ type, status: 'False', reason: 'NoSchedule', message: 'There is no schedule in Temporal.' }];
  if (!schedule.paused) return [{ type, status: 'True', reason: 'Following', message: 'The schedule in Temporal follows the spec.' }];
  if (schedule.cronSweep.spec.suspend)
    return [{ type, status: 'False', reason: 'SpecSuspend', message: 'spec.suspend is true: no night starts.' }];
  return [{ type, status: 'False', reason: 'PausedByHand', message: `No night starts: ${schedule.note}` }];
}

/** Of the last night that has ended. */
function regressed(nights: readonly Night[]): readonly Assertion[] {
  const type = 'Regressed';
  const last = nights.find(({ isRunning }) => !isRunning);
  if (last === undefined) return [];
  const { verdict, problem } = last;
  if (problem !== undefined) return [{ type, status: 'Unknown', reason: 'NightFailed', message: problem }];
  if (verdict === undefined) return [];
  switch (verdict.result) {
    case 'worse':
      return [{ type, status: 'True', reason: 'WorseThanStudy', message: verdict.message }];
    case 'notWorse':
      return [{ type, status: 'False', reason: 'NotWorse', message: verdict.message }];
    case 'unknown':
      return [{ type, status: 'Unknown', reason: 'NotComparable', message: verdict.message }];
  }
}

export const conditionOf = (status: CronSweepStatus | undefined, type: string): Condition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);
