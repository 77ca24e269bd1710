import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageUnreachable } from '../../results/storage-error.ts';
import type { TrialFolder } from '../../results/trial-folder.ts';
import type { Run } from './run-folder.ts';

const keptBytes = 4 * 1024 * 1024;
const tailBytes = 2_048;

export interface TrialLog {
  /** Sends what was written since the last time. A server that is away is left for the next time. */
  sendIfGrown(): Promise<void>;
  /** Sends all of it. @throws {StorageUnreachable} and the other errors of the store */
  sendLast(): Promise<void>;
  /** The last 2 kB. */
  tail(): Promise<string>;
}

/** A run's output, kept in S3 as `logs/<attempt>.log`; of a very long one the last 4 MiB. */
export function trialLog(run: Run, trial: TrialFolder): TrialLog {
  const file = join(run.folder, 'output.log');
  let sent = 0;
  const send = async (size: number) => {
    await trial.putLog(run.attempt, await lastOf(file, keptBytes));
    sent = size;
  };
  return {
    async sendIfGrown() {
      const size = await sizeOf(file);
      if (size === sent) return;
      try {
        await send(size);
      } catch (error) {
        if (!(error instanceof StorageUnreachable)) throw error;
      }
    },
    sendLast: async () => send(await sizeOf(file)),
    tail: () => lastOf(file, tailBytes),
  };
}

/** S3 objects cannot grow, so the whole is sent each time. */
async function lastOf(file: string, bytes: number): Promise<string> {
  await using handle = await opened(file);
  if (handle === undefined) return '';
  const { size } = await handle.stat();
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(Math.min(size, bytes)), position: Math.max(0, size - bytes) });
  return buffer.toString('utf8', 0, bytesRead);
}

async function sizeOf(file: string): Promise<number> {
  await using handle = await opened(file);
  return (await handle?.stat())?.size ?? 0;
}

async function opened(file: string) {
  try {
    return await open(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // its process never got so far
    throw error;
  }
}
