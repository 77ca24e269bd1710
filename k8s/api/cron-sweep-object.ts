import type { V1ObjectMeta } from '@kubernetes/client-node';
import { withDates } from '../client/dates.ts';
import type { Resource, Stored } from '../client/resource.ts';
import type { CronSweepStatus } from './cron-sweep-status.ts';
import { sweepApiVersion } from './sweep-object.ts';

/** A CronSweep as the API server has it. Its spec is checked again before it is used: an older CRD may have let it in. */
export interface CronSweepObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: V1ObjectMeta;
  readonly spec?: unknown;
  readonly status?: CronSweepStatus;
}

/** Times of `metadata` become dates; spec and status stay as they were written. */
export const cronSweeps: Resource<CronSweepObject> = {
  apiVersion: sweepApiVersion,
  plural: 'cronsweeps',
  read(json) {
    const object = json as Stored<CronSweepObject>; // the server keeps to our CRD
    return { ...object, metadata: withDates<Stored<CronSweepObject>['metadata']>(object.metadata) };
  },
};
