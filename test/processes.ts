/** Processes of this machine by their environment, as the kernel knows them. */
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
