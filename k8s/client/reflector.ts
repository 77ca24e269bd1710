import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { isExpired } from './errors.ts';
import type { Resource, Stored } from './resource.ts';

export interface ReflectorOptions<T> {
  readonly cluster: Cluster;
  readonly resource: Resource<T>;
  readonly labelSelector: string;
  /** Hears of every change, also of those that a new list brings to light. Must not throw, and not wait. */
  readonly onChange: (object: Stored<T>, change: 'there' | 'gone') => void;
  /** A connection without a byte for so long counts as dead. */
  readonly silenceSeconds?: number;
}

/** A copy of all objects with a label, kept up to date by one list and one watch. */
export interface Reflector<T> {
  /** By name. */
  readonly objects: ReadonlyMap<string, Stored<T>>;
  /** Resolves when the first list is in. */
  readonly ready: Promise<void>;
  /** Why the copy may be out of date, while that is so. */
  problem(): Error | undefined;
  close(): Promise<void>;
}

const pageSize = 500;
const firstBackoffMs = 800;
const longestBackoffMs = 30_000;
/** A watch that lasted so long was sound: the next trouble begins with the first backoff. */
const soundMs = 120_000;

/**
 * Lists page by page, then watches with bookmarks. When the stream ends it goes on where it was; when the server has forgotten that place (410)
 * it lists anew and tells the differences. Streams that break soon are followed by growing pauses, whatever they brought.
 */
export function reflect<T>({ cluster, resource, labelSelector, onChange, silenceSeconds = 100 }: ReflectorOptions<T>): Reflector<T> {
  const objects = new Map<string, Stored<T>>();
  const closed = new AbortController();
  const { promise: ready, resolve: isReady } = Promise.withResolvers<void>();
  let version: string | undefined;
  let problem: Error | undefined;

  const relist = async (): Promise<string> => {
    const found = new Set<string>();
    let next: string | undefined;
    for (;;) {
      const page = await cluster.list(resource, { labelSelector, limit: pageSize, ...(next && { next }) });
      for (const object of page.items) {
        found.add(object.metadata.name);
        put(object);
      }
      next = page.next;
      if (next === undefined) {
        for (const [name, object] of objects) if (!found.has(name)) drop(object);
        return page.resourceVersion;
      }
    }
  };

  const put = (object: Stored<T>): void => {
    const { name, uid, resourceVersion } = object.metadata;
    const known = objects.get(name);
    if (known !== undefined && known.metadata.uid !== uid) drop(known);
    objects.set(name, object);
    if (known?.metadata.resourceVersion !== resourceVersion) onChange(object, 'there');
  };

  const drop = (object: Stored<T>): void => {
    objects.delete(object.metadata.name);
    onChange(object, 'gone');
  };

  const follow = async (): Promise<void> => {
    version ??= await relist();
    isReady();
    const timeoutSeconds = Math.round(300 + Math.random() * 300);
    const options = { labelSelector, resourceVersion: version, timeoutSeconds, silenceSeconds, signal: closed.signal };
    const changes = await cluster.watch(resource, options);
    problem = undefined;
    for await (const event of changes) {
      if (event.type === 'BOOKMARK') version = event.resourceVersion;
      else {
        version = event.object.metadata.resourceVersion;
        if (event.type === 'DELETED') drop(event.object);
        else put(event.object);
      }
    }
  };

  const run = async (): Promise<void> => {
    for (let brief = 0; !closed.signal.aborted; ) {
      const since = Date.now();
      try {
        await follow();
      } catch (error) {
        if (closed.signal.aborted) return;
        if (isExpired(error)) version = undefined;
        else problem = error as Error; // whatever it is, the next try tells whether it lasts
      }
      brief = Date.now() - since >= soundMs ? 0 : brief + 1;
      const pause = brief === 0 ? 0 : Math.min(longestBackoffMs, firstBackoffMs * 2 ** (brief - 1)) * (0.5 + Math.random() / 2);
      await sleep(pause, undefined, { signal: closed.signal, ref: false }).catch(() => {}); // closed meanwhile: the loop ends
    }
  };
  const running = run();

  return {
    objects,
    ready,
    problem: () => problem,
    async close() {
      closed.abort();
      await running;
    },
  };
}
