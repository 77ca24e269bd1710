/** This machine's disk has no room left. Not the trial's fault, and no retry helps until somebody makes room. */
class DiskFull extends Error {
  override readonly name = 'DiskFull';
  constructor(path: string, cause: unknown) {
    super(`${path}: no space left on this disk: free some, or choose another folder`, { cause });
  }
}

const fullCodes = new Set(['ENOSPC', 'EDQUOT']);

/** Runs what writes below `path` and names the error of a full disk, which Node reports without saying where. */
export async function onDisk<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (fullCodes.has((error as NodeJS.ErrnoException).code ?? '')) throw new DiskFull(path, error);
    throw error;
  }
}
