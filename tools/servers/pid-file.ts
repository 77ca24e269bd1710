/** Keeps two servers off one folder: a second start finds the first, and takes over from one whose owner was killed. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface Running {
  readonly pid: number;
  /** The process that started it. */
  readonly owner: number;
  readonly program: string;
}

/** Another live process of ours runs the server of this folder. */
class ServerRunning extends Error {
  override readonly name = 'ServerRunning';
}

/**
 * Makes sure that no server works on the folder of this file. One that lost its owner to a `kill -9` is ended.
 * @throws {ServerRunning} if its owner is alive
 */
export async function takeOver(file: string): Promise<void> {
  const found = readRunning(file);
  if (found === undefined || !isAlive(found)) return;
  if (existsSync(`/proc/${found.owner}`)) {
    throw new ServerRunning(
      `${path.dirname(file)} is in use: process ${found.owner} runs its server (process ${found.pid}); stop process ${found.owner} first`,
    );
  }
  process.kill(found.pid, 'SIGTERM');
  for (let waited = 0; isAlive(found); waited += 50) {
    if (waited === 10_000) process.kill(found.pid, 'SIGKILL');
    await sleep(50);
  }
}

export function writePidFile(file: string, pid: number, program: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ pid, owner: process.pid, program } satisfies Running));
}

export const removePidFile = (file: string): void => rmSync(file, { force: true });

function readRunning(file: string): Running | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Running;
  } catch {
    return undefined; // cut short when the machine went down, so its process is gone as well
  }
}

/** The process lives and still is that server: numbers are used again. */
function isAlive({ pid, program }: Running): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`${program}\0`);
  } catch {
    return false; // gone, also between two looks
  }
}
