import type { Reflector } from '../client/reflector.ts';
import type { ControllerMetrics } from './controller-metrics.ts';
import type { Log } from './log.ts';
import { type WorkQueue, workQueue } from './work-queue.ts';

/** How to go on with an object after a look at it. Without a time, the next change of it decides. */
export interface Again {
  readonly afterMs?: number;
}

/** What a kind of object brings to the process that looks after it. */
export interface Controller {
  /** As metrics and logs have it: `sweep`. */
  readonly name: string;
  /** Objects that are looked at at a time. */
  readonly workers: number;
  /** @param enqueue - asks for a look at the object of that name */
  open(enqueue: (name: string) => void): OpenController;
}

interface OpenController {
  /** Its copies of objects. Nothing is looked at before the first list of each is in. */
  readonly reflectors: readonly Pick<Reflector<unknown>, 'ready' | 'problem' | 'close'>[];
  /**
   * Brings the world closer to what the object wants, as it is now: missed and doubled changes make no difference. What it throws is logged, and
   * the object looked at again after a pause that grows.
   */
  reconcile(name: string): Promise<Again>;
}

export interface RunningController {
  /** Resolves when the first lists are in. */
  readonly ready: Promise<unknown>;
  /** Why its copies may be out of date, while that is so. */
  problem(): Error | undefined;
  /** Looks at objects from now on; not before it is ready. */
  work(): void;
  /** Lets what is under way end. */
  close(): Promise<void>;
}

export function runController(controller: Controller, metrics: ControllerMetrics, log: Log): RunningController {
  const { name, workers } = controller;
  const observed = metrics.of(name, workers);
  const queue = workQueue(observed.queue);
  const { reflectors, reconcile } = controller.open(queue.add);
  let working: Promise<unknown> = Promise.resolve();

  const look = async (key: string): Promise<void> => {
    const since = performance.now();
    observed.active(1);
    try {
      const { afterMs } = await reconcile(key);
      queue.forget(key);
      if (afterMs !== undefined) queue.addAfter(key, afterMs);
      observed.reconciled(afterMs === undefined ? 'success' : 'requeue_after', (performance.now() - since) / 1_000);
    } catch (error) {
      observed.reconciled('error', (performance.now() - since) / 1_000);
      log('error', `a look at ${name} ${key} failed; it is tried again`, { controller: name, name: key, error });
      queue.addRetry(key);
    } finally {
      observed.active(-1);
    }
  };

  return {
    ready: Promise.all(reflectors.map((reflector) => reflector.ready)),
    problem: () => reflectors.map((reflector) => reflector.problem()).find((problem) => problem !== undefined),
    work() {
      working = Promise.all(Array.from({ length: workers }, () => serve(queue, look)));
    },
    async close() {
      queue.close();
      await Promise.all(reflectors.map((reflector) => reflector.close()));
      await working;
    },
  };
}

async function serve(queue: WorkQueue, look: (key: string) => Promise<void>): Promise<void> {
  for (let key = await queue.next(); key !== undefined; key = await queue.next()) {
    await look(key);
    queue.done(key);
  }
}
