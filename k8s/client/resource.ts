import type { CoreV1Event, V1Job, V1ObjectMeta, V1Pod, V1Secret } from '@kubernetes/client-node';
import { withDates } from './dates.ts';

/** A kind of object in the API: where it is found, and how what comes over the wire is read. */
export interface Resource<T> {
  /** `batch/v1` */
  readonly apiVersion: string;
  readonly plural: string;
  readonly read: (json: unknown) => Stored<T>;
}

/** An object as the server has it. */
export type Stored<T> = T & {
  readonly metadata: V1ObjectMeta & { readonly name: string; readonly uid: string; readonly resourceVersion: string };
};

export const jobs: Resource<V1Job> = { apiVersion: 'batch/v1', plural: 'jobs', read: withDates };
export const pods: Resource<V1Pod> = { apiVersion: 'v1', plural: 'pods', read: withDates };
export const events: Resource<CoreV1Event> = { apiVersion: 'v1', plural: 'events', read: withDates };
export const secrets: Resource<V1Secret> = { apiVersion: 'v1', plural: 'secrets', read: withDates };
