import type { V1ObjectMeta } from '@kubernetes/client-node';
import { withDates } from '../client/dates.ts';
import type { Resource, Stored } from '../client/resource.ts';
import type { SweepStatus } from './sweep-status.ts';

/** A Sweep as the API server has it. Its spec is checked again before it is used: an older CRD may have let it in. */
export interface SweepObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: V1ObjectMeta;
  readonly spec?: unknown;
  readonly status?: SweepStatus;
}

export const sweepApiVersion = 'permafrost.dev/v1alpha1';

/** Times of `metadata` become dates; spec and status stay as they were written. */
export const sweeps: Resource<SweepObject> = {
  apiVersion: sweepApiVersion,
  plural: 'sweeps',
  read(json) {
    const object = json as Stored<SweepObject>; // the server keeps to our CRD
    return { ...object, metadata: withDates<Stored<SweepObject>['metadata']>(object.metadata) };
  },
};

/** `<namespace>.<name>.<uid8>`: the sweep that an object stands for. Another object of the same name is another sweep. */
export function sweepIdOf({ namespace, name, uid }: Stored<SweepObject>['metadata']): string {
  return `${namespace}.${name}.${uid.slice(0, 8)}`;
}
