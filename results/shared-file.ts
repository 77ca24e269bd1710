/** Files that trials of all sweeps under one address share, such as the output of frozen layers. What a file holds follows from its name. */
import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import { type Address, within } from './address.ts';
import { createJson, findJson } from './json-object.ts';
import type { ObjectStore } from './object-store.ts';
import { checkDigest } from './stored-folder.ts';

/** Names the folder that holds the file. Created once, after it: of several that share a file at a time, the first is the one that is read. */
const pointer = z.looseObject({
  schema: z.literal(1),
  object: z.string().regex(/^[0-9a-f-]{36}$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export async function shareFile(store: ObjectStore, folder: Address, name: string, file: string): Promise<void> {
  const at = within(folder, name);
  if ((await findJson(store, within(at, 'file.json'), z.unknown())) !== undefined) return;
  const object = randomUUID(); // never the object of another: nobody reads what somebody else is still writing
  const sha256 = await store.upload(within(at, `${object}/file`), file);
  const outcome = await createJson(store, within(at, 'file.json'), { schema: 1, object, sha256 });
  if (outcome === 'exists') await store.removeAll(within(at, object));
}

/**
 * Brings a shared file to `file`, whole or not at all.
 * @returns whether there was one
 * @throws {InvalidObject | ObjectNotFound} if what is there cannot be used
 */
export async function fetchShared(store: ObjectStore, folder: Address, name: string, file: string): Promise<boolean> {
  const at = within(folder, name);
  const part = `${file}.${randomUUID()}.part`;
  try {
    const found = await findJson(store, within(at, 'file.json'), pointer);
    if (found === undefined) return false;
    const object = within(at, `${found.object}/file`);
    checkDigest(object, await store.download(object, part), found.sha256);
    await rename(part, file);
    return true;
  } finally {
    await rm(part, { force: true });
  }
}
