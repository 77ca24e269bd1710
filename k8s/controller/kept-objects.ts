import { isDeepStrictEqual } from 'node:util';
import type { OwnObject } from '../api/own-object.ts';
import type { Cluster } from '../client/cluster.ts';
import { isConflict, isNotFound } from '../client/errors.ts';
import type { Resource, Stored } from '../client/resource.ts';
import type { Again } from './controller.ts';
import type { Happening, RecordEvent } from './event-recorder.ts';

/** Between two writes of an object's status. */
export const statusEveryMs = 2_000;

export interface KeptObjectsOptions<Status> {
  readonly cluster: Cluster;
  readonly resource: Resource<OwnObject<Status>>;
  readonly kind: string;
  /** Keeps an object until what was made for it is gone. */
  readonly finalizer: string;
  /** Nothing is left to do for it, even if it is deleted: it is held no more, so that it can go without us. */
  readonly isSettled?: (object: Stored<OwnObject<Status>>) => boolean;
  /** What is worth an event between two statuses. */
  readonly transitions: (before: Status | undefined, after: Status) => readonly Happening[];
  readonly record: RecordEvent;
}

/** An object as others name it: in events, and as their owner. */
interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** What controllers of our kinds do alike with an object: hold it, say what became of it, and let it go. */
export interface KeptObjects<Status> {
  /** `look` at an object that is held, or hold it first; `conclude` one that is being deleted and still held. */
  tend(
    object: Stored<OwnObject<Status>> | undefined,
    steps: Readonly<Record<'look' | 'conclude', (object: Stored<OwnObject<Status>>) => Promise<Again>>>,
  ): Promise<Again>;
  /** Writes the status if it says something new, and its events. @returns how long to wait with that, when the last one is too fresh */
  write(object: Stored<OwnObject<Status>>, status: Status): Promise<number | undefined>;
  letGo(object: Stored<OwnObject<Status>>): Promise<Again>;
  reference(object: Stored<OwnObject<Status>>): Reference;
  /** The object of that uid is gone. */
  forget(uid: string): void;
}

/** Until the copy of an object that has changed meanwhile is up to date. */
const copyMs = 1_000;

export function keptObjects<Status extends object>(options: KeptObjectsOptions<Status>): KeptObjects<Status> {
  const { cluster, resource, kind, finalizer, isSettled = () => false, transitions, record } = options;
  const { apiVersion } = resource;
  const writtenAt = new Map<string, number>();

  /** Refused when the object has changed since it was read: then it is looked at again. */
  async function setFinalizers(
    { metadata: { name, resourceVersion } }: Stored<OwnObject<Status>>,
    finalizers: readonly string[],
  ): Promise<Again> {
    try {
      await cluster.patch(resource, name, { metadata: { resourceVersion, finalizers } });
    } catch (error) {
      if (isConflict(error)) return { afterMs: copyMs };
      if (!isNotFound(error)) throw error;
    }
    return {};
  }

  const letGo: KeptObjects<Status>['letGo'] = (object) =>
    setFinalizers(object, object.metadata.finalizers?.filter((other) => other !== finalizer) ?? []);
  const reference: KeptObjects<Status>['reference'] = ({ metadata: { name, uid } }) => ({ apiVersion, kind, name, uid });

  return {
    reference,
    async tend(object, { look, conclude }) {
      if (object === undefined) return {};
      const { finalizers = [], deletionTimestamp } = object.metadata;
      const isHeld = finalizers.includes(finalizer);
      if (deletionTimestamp !== undefined) return isHeld ? conclude(object) : {};
      if (isSettled(object)) return isHeld ? letGo(object) : {};
      if (isHeld) return look(object);
      return setFinalizers(object, [...finalizers, finalizer]); // before anything is made for it; the change brings the next look
    },
    letGo,
    async write(object, status) {
      const { name, uid } = object.metadata;
      if (isDeepStrictEqual(status, object.status)) return undefined;
      const waitMs = (writtenAt.get(uid) ?? Number.NEGATIVE_INFINITY) + statusEveryMs - performance.now();
      if (waitMs > 0) return waitMs;
      try {
        await cluster.applyStatus(resource, { apiVersion, kind, metadata: { name, uid }, status });
      } catch (error) {
        if (isNotFound(error) || isConflict(error)) return undefined; // deleted, or another one of that name
        throw error;
      }
      writtenAt.set(uid, performance.now());
      for (const happening of transitions(object.status, status)) await record(reference(object), happening);
      return undefined;
    },
    forget: (uid) => void writtenAt.delete(uid),
  };
}
