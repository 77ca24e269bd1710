import type { CronSweepStatus } from './cron-sweep-status.ts';
import { type OwnObject, ownResource } from './own-object.ts';

export type CronSweepObject = OwnObject<CronSweepStatus>;

export const cronSweeps = ownResource<CronSweepStatus>('cronsweeps');
