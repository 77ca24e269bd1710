import type { CronSweepStatus } from '../api/cron-sweep-status.ts';
import type { Happening } from '../controller/event-recorder.ts';
import { conditionOf } from './compute-cron-sweep-status.ts';

/** What is worth an event between two statuses of a CronSweep: nights, and changes of conditions; never times or counts alone. */
export function cronSweepTransitions(before: CronSweepStatus | undefined, after: CronSweepStatus): readonly Happening[] {
  return [...nights(before, after), ...conditions(before, after)];
}

function nights(before: CronSweepStatus | undefined, after: CronSweepStatus): readonly Happening[] {
  const started = after.lastSweep !== undefined && after.lastSweep !== before?.lastSweep;
  const skips = (status: CronSweepStatus | undefined): number => (status?.skipped?.overlap ?? 0) + (status?.skipped?.missed ?? 0);
  const skipped = skips(after) - skips(before);
  return [
    ...(started ? [{ type: 'Normal', reason: 'NightStarted', action: 'Start', note: `Sweep ${after.lastSweep} was made` } as const] : []),
    ...(skipped > 0
      ? [
          {
            type: 'Warning',
            reason: 'NightSkipped',
            action: 'Skip',
            note: `${skipped} more nights were skipped: ${skipText(after)}`,
          } as const,
        ]
      : []),
  ];
}

const skipText = ({ skipped }: CronSweepStatus): string =>
  `${skipped?.overlap ?? 0} so far because the night before still ran, ${skipped?.missed ?? 0} because Temporal saw them too late`;

function conditions(before: CronSweepStatus | undefined, after: CronSweepStatus): readonly Happening[] {
  return (after.conditions ?? []).flatMap(({ type, status, reason, message }): readonly Happening[] => {
    const old = conditionOf(before, type);
    if (old?.status === status && old.reason === reason) return [];
    const isBad = type === 'Regressed' ? status === 'True' || reason === 'NightFailed' : status === 'False' && !isWanted(reason);
    if (isBad)
      return [
        {
          type: 'Warning',
          reason: type === 'Regressed' && status === 'True' ? 'Regressed' : reason,
          action: actions[type] ?? 'Look',
          note: message,
        },
      ];
    if (type === 'Scheduled' && status !== 'Unknown')
      return [{ type: 'Normal', reason: status === 'True' ? 'Scheduled' : reason, action: 'Schedule', note: message }];
    const wasBad = type === 'Regressed' ? old?.status === 'True' : old?.status === 'False';
    return wasBad && status !== 'Unknown'
      ? [{ type: 'Normal', reason: type === 'Regressed' ? 'Recovered' : type, action: actions[type] ?? 'Look', note: message }]
      : [];
  });
}

/** A schedule that stands still because somebody said so. */
const isWanted = (reason: string): boolean => reason === 'SpecSuspend' || reason === 'PausedByHand';
const actions: Readonly<Record<string, string>> = { Valid: 'Check', Scheduled: 'Schedule', Regressed: 'Compare' };
