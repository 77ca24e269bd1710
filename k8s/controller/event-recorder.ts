import { randomBytes } from 'node:crypto';
import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { Cluster } from '../client/cluster.ts';
import { isAlreadyThere } from '../client/errors.ts';
import type { Resource, Stored } from '../client/resource.ts';
import { cut } from './cut.ts';
import type { Log } from './log.ts';

/** Something that has changed about an object, as `kubectl describe` shows it. */
export interface Happening {
  readonly type: 'Normal' | 'Warning';
  /** In one word, for programs: `Started`. */
  readonly reason: string;
  /** What the controller did, in one word: `Start`. */
  readonly action: string;
  /** In a sentence, for people. */
  readonly note: string;
}

interface Regarded {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Tells of it, or logs why it could not: what happened has happened all the same. */
export type RecordEvent = (object: Regarded, happening: Happening) => Promise<void>;

interface ApiEvent extends Omit<Happening, 'type'> {
  readonly apiVersion: string;
  readonly kind: 'Event';
  readonly metadata: V1ObjectMeta;
  readonly eventTime: string;
  readonly type: string;
  readonly regarding: Regarded & { readonly namespace: string };
  readonly reportingController: string;
  readonly reportingInstance: string;
}

const events: Resource<ApiEvent> = { apiVersion: 'events.k8s.io/v1', plural: 'events', read: (json) => json as Stored<ApiEvent> };

/** The API's limit of a note, in bytes. */
const longestNote = 1_024;

/** @param identity - of this process */
export function eventRecorder(cluster: Cluster, identity: string, log: Log): RecordEvent {
  return async (object, { type, reason, action, note }) => {
    log(type === 'Warning' ? 'warn' : 'info', note, { kind: object.kind, name: object.name, reason });
    const event: ApiEvent = {
      apiVersion: events.apiVersion,
      kind: 'Event',
      metadata: { name: `${object.name}.${randomBytes(8).toString('hex')}`, namespace: cluster.namespace },
      eventTime: new Date().toISOString().replace('Z', '000Z'), // six digits, as the API wants it
      type,
      reason,
      action,
      note: cut(note, longestNote),
      regarding: { ...object, namespace: cluster.namespace },
      reportingController: 'permafrost.dev/controller',
      reportingInstance: identity.slice(0, 128),
    };
    try {
      await cluster.create(events, event);
    } catch (error) {
      // A first try may have got through; a namespace that is going away takes no events.
      if (!isAlreadyThere(error)) log('warn', 'an event could not be recorded', { reason, name: object.name, error });
    }
  };
}
