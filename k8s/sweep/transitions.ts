import type { Condition } from '../api/condition.ts';
import type { SweepStatus } from '../api/sweep-status.ts';
import type { Happening } from '../controller/event-recorder.ts';

/** What is worth an event between two statuses of a sweep: changes of state, never of counts. */
export function transitions(before: SweepStatus | undefined, after: SweepStatus): readonly Happening[] {
  return [...started(before, after), ...(after.conditions ?? []).flatMap((now) => changed(conditionOf(before, now.type), now))];
}

function started(before: SweepStatus | undefined, after: SweepStatus): readonly Happening[] {
  if (before?.startTime !== undefined || after.startTime === undefined) return [];
  return [
    { type: 'Normal', reason: 'Started', action: 'Start', note: `Sweep ${after.id} has started; its results go to ${after.resultsUri}` },
  ];
}

const conditionOf = (status: SweepStatus | undefined, type: string): Condition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);

function changed(before: Condition | undefined, { type, status, reason, message }: Condition): readonly Happening[] {
  const isNew = before?.status !== status;
  const isOther = isNew || before?.reason !== reason;
  const wasFalse = before?.status === 'False';
  switch (type) {
    case 'Valid':
      return status === 'False' && isOther ? [{ type: 'Warning', reason, action: 'Check', note: message }] : [];
    case 'EngineReachable':
      if (status === 'False' && isOther) return [{ type: 'Warning', reason, action: 'Look', note: message }];
      return status === 'True' && wasFalse ? [{ type: 'Normal', reason: 'EngineReachable', action: 'Look', note: message }] : [];
    case 'Applied':
      if (status === 'False' && reason === 'SearchOver' && isOther)
        return [{ type: 'Warning', reason: 'EditRefused', action: 'Revise', note: message }];
      return status === 'True' && wasFalse ? [{ type: 'Normal', reason: 'Revised', action: 'Revise', note: message }] : [];
    case 'Suspended':
      if (status === 'True' && isNew) return [{ type: 'Normal', reason: 'Suspended', action: 'Suspend', note: message }];
      return status === 'False' && before?.status === 'True'
        ? [{ type: 'Normal', reason: 'Resumed', action: 'Resume', note: message }]
        : [];
    case 'Succeeded':
      if (status === 'True' && isNew) return [{ type: 'Normal', reason: 'Succeeded', action: 'Finish', note: message }];
      return status === 'False' && isNew && reason !== 'InvalidSpec' ? [{ type: 'Warning', reason, action: 'Finish', note: message }] : [];
    default:
      return [];
  }
}
