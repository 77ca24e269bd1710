import type { SweepObject } from '../api/sweep-object.ts';
import type { Stored } from '../client/resource.ts';
import { isOver } from '../sweep/compute-status.ts';

export type NightObject = Stored<SweepObject>;

/** Nights of one CronSweep, newest first. */
export function newestFirst(nights: Iterable<NightObject>): readonly NightObject[] {
  return [...nights].sort((a, b) => createdAt(b) - createdAt(a) || b.metadata.name.localeCompare(a.metadata.name));
}

/** Whether nothing will happen to it any more. One whose spec cannot run never starts. */
export const hasEnded = ({ status }: NightObject): boolean => status !== undefined && (isOver(status.state) || status.state === 'Invalid');

/** Nights that have ended, beyond the newest so many. Those that run or wait do not count. */
export function expired(nights: readonly NightObject[], historyLimit: number): readonly NightObject[] {
  return newestFirst(nights)
    .filter((night) => hasEnded(night) && night.metadata.deletionTimestamp === undefined)
    .slice(historyLimit);
}

const createdAt = ({ metadata }: NightObject): number => metadata.creationTimestamp?.getTime() ?? 0;
