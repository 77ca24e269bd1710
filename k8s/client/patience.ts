import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, isTransient } from './errors.ts';

export interface Patience {
  /** How long one request is tried again, from its first try on. */
  readonly seconds: number;
}

const firstWaitMs = 100;
const longestWaitMs = 5_000;
/** A server that asks for more than this is tried again earlier. */
const longestAskedMs = 30_000;

/**
 * Tries again what is worth it until the patience is over. All requests of this client may be repeated: those that change something name the
 * object, so a second one finds what the first has done.
 */
export async function patiently<T>({ seconds }: Patience, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + seconds * 1_000;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const wait = waitMs(tries, error);
      if (!isTransient(error) || Date.now() + wait > deadline) throw error;
      await sleep(wait, undefined, { signal });
    }
  }
}

/** Doubles from 0.1 to 5 s, or what the server asked for; the random part keeps many clients from coming back in step. */
function waitMs(tries: number, error: unknown): number {
  const asked = error instanceof ApiError ? error.retryAfterSeconds : undefined;
  if (asked !== undefined) return Math.min(longestAskedMs, asked * 1_000) * (1 + Math.random() / 5);
  return Math.min(longestWaitMs, firstWaitMs * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
}
