/** Files with the output of frozen layers, on this machine and shared with others. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** How others come by such files; the training process has no connection of its own. */
export interface Sharing {
  /** Brings the file of that name to the path. @returns whether it came */
  fetch(name: string, path: string): Promise<boolean>;
  /** Gives the file to others, some time. */
  offer(name: string, path: string): void;
}

export const nobody: Sharing = { fetch: async () => false, offer: () => {} };

export interface PrefixStore {
  /** Whether a file of that size may be made: it must leave half of the disk's free space. */
  hasRoomFor(bytes: number): boolean;
  /** Path of a whole file of that name; fetched, if others have it. */
  find(name: string): Promise<string | undefined>;
  /** @param write - writes a new file at the path; when it throws nothing is kept */
  make(name: string, write: (path: string) => Promise<void>): Promise<string>;
}

/** What all files of a machine may take; those not used for longest go first. */
const mostBytes = 16 * 2 ** 30;

export function openPrefixStore(folder: string, sharing: Sharing): PrefixStore {
  mkdirSync(folder, { recursive: true });
  const pathOf = (name: string) => join(folder, name);
  const used = (path: string) => {
    const now = new Date();
    utimesSync(path, now, now);
    return path;
  };
  return {
    hasRoomFor(bytes) {
      const { bavail, bsize } = statfsSync(folder);
      return bytes <= Math.min(mostBytes, (bavail * bsize) / 2);
    },
    async find(name) {
      const path = pathOf(name);
      if (existsSync(path) || (await sharing.fetch(name, path))) return used(path);
      return undefined;
    },
    async make(name, write) {
      const path = pathOf(name);
      const part = `${path}.${randomUUID()}.part`;
      try {
        await write(part);
        makeRoom(folder, statSync(part).size);
        renameSync(part, path); // a file of that name is whole; another process may have made the same
      } finally {
        rmSync(part, { force: true });
      }
      sharing.offer(name, path);
      return path;
    },
  };
}

/** A file that a running process reads stays readable to it when it is removed. */
function makeRoom(folder: string, bytes: number): void {
  const files = readdirSync(folder)
    .filter((name) => !name.endsWith('.part'))
    .map((name) => ({ path: join(folder, name), ...stat(join(folder, name)) }))
    .toSorted((a, b) => a.mtimeMs - b.mtimeMs);
  let total = bytes + files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of files) {
    if (total <= mostBytes) return;
    rmSync(path, { force: true });
    total -= size;
  }
}

/** Another process may have removed it meanwhile. */
function stat(path: string): { readonly size: number; readonly mtimeMs: number } {
  return statSync(path, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
}
