/** Keys of objects to look at. A key waits once, however often it is asked for, and is never with two workers at a time. */
export interface WorkQueue {
  /** As soon as a worker is free; once more after the present look, if one is under way. */
  add(key: string): void;
  /** In so many milliseconds. Of several such wishes for a key the earliest counts. */
  addAfter(key: string, ms: number): void;
  /** After a failure: the pause doubles with each one, until `forget`. */
  addRetry(key: string): void;
  /** The key's last look went well. */
  forget(key: string): void;
  /** The next key, which is the caller's until `done`; nothing once the queue is closed. */
  next(): Promise<string | undefined>;
  done(key: string): void;
  /** Drops what waits, and sends workers home. */
  close(): void;
}

/** Hears of what happens in a queue; for metrics. */
export interface QueueObserver {
  readonly added: () => void;
  readonly retried: () => void;
  /** Keys that wait now. */
  readonly depth: (keys: number) => void;
  /** A key was taken after so many seconds in the queue. */
  readonly waited: (seconds: number) => void;
  /** A look at a key took so long. */
  readonly worked: (seconds: number) => void;
}

const firstRetryMs = 5;
/** client-go goes on to 1000 s. A minute is kinder to whoever has just mended something, and costs one request per key. */
const longestRetryMs = 60_000;

/** The pause before the next try of a key that has failed so often. */
export const retryMs = (failures: number): number => Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1));

/** @param clock - in milliseconds, from any beginning */
export function workQueue(observer: QueueObserver, clock: () => number = () => performance.now()): WorkQueue {
  const waiting = new Map<string, number>(); // since when
  const working = new Map<string, number>();
  const again = new Set<string>(); // asked for while it was being worked on
  const timers = new Map<string, { readonly at: number; readonly timer: NodeJS.Timeout }>();
  const failures = new Map<string, number>();
  const idle: ((key: string | undefined) => void)[] = [];
  let isClosed = false;

  const add = (key: string): void => {
    if (isClosed) return;
    if (working.has(key)) {
      if (!again.has(key)) observer.added();
      again.add(key);
      return;
    }
    if (waiting.has(key)) return;
    observer.added();
    put(key);
  };

  const put = (key: string): void => {
    waiting.set(key, clock());
    observer.depth(waiting.size);
    idle.shift()?.(take());
  };

  const take = (): string => {
    const [key, since] = waiting.entries().next().value!; // only called when one waits
    waiting.delete(key);
    working.set(key, clock());
    observer.depth(waiting.size);
    observer.waited((clock() - since) / 1_000);
    return key;
  };

  const addAfter = (key: string, ms: number): void => {
    if (isClosed) return;
    if (ms <= 0) {
      add(key);
      return;
    }
    const at = clock() + ms;
    const known = timers.get(key);
    if (known !== undefined && known.at <= at) return;
    clearTimeout(known?.timer);
    const timer = setTimeout(() => {
      timers.delete(key);
      add(key);
    }, ms);
    timers.set(key, { at, timer });
  };

  return {
    add,
    addAfter,
    addRetry(key) {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      observer.retried();
      addAfter(key, retryMs(count));
    },
    forget: (key) => void failures.delete(key),
    next() {
      if (isClosed) return Promise.resolve(undefined);
      if (waiting.size > 0) return Promise.resolve(take());
      const { promise, resolve } = Promise.withResolvers<string | undefined>();
      idle.push(resolve);
      return promise;
    },
    done(key) {
      const since = working.get(key);
      if (since === undefined) return;
      working.delete(key);
      observer.worked((clock() - since) / 1_000);
      if (again.delete(key) && !isClosed) put(key);
    },
    close() {
      isClosed = true;
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
      waiting.clear();
      again.clear();
      observer.depth(0);
      for (const leave of idle.splice(0)) leave(undefined);
    },
  };
}
