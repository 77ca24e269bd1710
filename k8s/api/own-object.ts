import type { V1ObjectMeta } from '@kubernetes/client-node';
import { withDates } from '../client/dates.ts';
import type { Resource, Stored } from '../client/resource.ts';

/** An object of one of our kinds as the API server has it. Its spec is checked again before it is used: an older CRD may have let it in. */
export interface OwnObject<Status> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: V1ObjectMeta;
  readonly spec?: unknown;
  readonly status?: Status;
}

const ownApiVersion = 'permafrost.dev/v1alpha1';

/** Times of `metadata` become dates; spec and status stay as they were written. */
export function ownResource<Status>(plural: string): Resource<OwnObject<Status>> {
  return {
    apiVersion: ownApiVersion,
    plural,
    read(json) {
      const object = json as Stored<OwnObject<Status>>; // the server keeps to our CRD
      return { ...object, metadata: withDates<Stored<OwnObject<Status>>['metadata']>(object.metadata) };
    },
  };
}
