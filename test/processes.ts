/** Processes of this machine by their environment, as the kernel knows them; and the end of our own. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

export interface SeenProcess {
  readonly pid: number;
  /** Of its program, cut to 15 characters. */
  readonly name: string;
  /** `NAME=value` */
  readonly variables: readonly string[];
}

/** All that can be read. What ends while we look, or is somebody else's, is left out. */
export function processes(): readonly SeenProcess[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
        return [{ pid: Number(pid), name, variables: readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0') }];
      } catch (error) {
        if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
        throw error;
      }
    });
}

/** Waits for its end. Fine if it has ended by itself. */
export async function endChild(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
