import { heartbeat } from '@temporalio/activity';

const everyMs = 5_000;

type Activities = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/**
 * The same activities; each says now and then that it is at work. Temporal does not hear whether a task has reached its worker: without that, one that
 * was lost on the way, or whose worker has died, is missed only when its time is over.
 */
export function withHeartbeats<A extends Activities>(activities: A): A {
  const all = Object.entries(activities).map(([name, carryOut]) => [
    name,
    async (...args: never[]): Promise<unknown> => {
      const atWork = setInterval(heartbeat, everyMs);
      try {
        return await carryOut(...args);
      } finally {
        clearInterval(atWork);
      }
    },
  ]);
  return Object.fromEntries(all);
}
