import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { type Address, within } from './address.ts';
import { findJson, putJson } from './json-object.ts';
import type { ObjectStore } from './object-store.ts';
import { InvalidObject } from './storage-error.ts';

/** sha256 in hex of each file of a stored folder, by its path inside the folder. */
export type Digests = Readonly<Record<string, string>>;

/** `manifest.json`: written after the files it lists, so a folder that has one was stored whole. */
const manifest = z.looseObject({
  schema: z.literal(1),
  files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/, 'must be a sha256 in hex')),
});

export const manifestName = 'manifest.json';

/** Stores all files of a local folder, then their manifest. */
export async function storeFolder(store: ObjectStore, folder: Address, localFolder: string): Promise<Digests> {
  const files: Record<string, string> = {};
  for (const path of await filesBelow(localFolder)) files[path] = await store.upload(within(folder, path), join(localFolder, path));
  await writeManifest(store, folder, files, {});
  return files;
}

export async function writeManifest(
  store: ObjectStore,
  folder: Address,
  files: Digests,
  about: Readonly<Record<string, unknown>>,
): Promise<void> {
  await putJson(store, within(folder, manifestName), { schema: 1, ...about, files });
}

/** @throws {InvalidObject} if the manifest is missing, or is not one of ours */
async function readDigests(store: ObjectStore, folder: Address): Promise<Digests> {
  const address = within(folder, manifestName);
  const found = await findJson(store, address, manifest);
  if (found === undefined) throw new InvalidObject(address, 'is missing: the folder was not stored whole');
  return found.files;
}

/** The digests of a folder that others may have made: undefined when its `manifest.json` is something of theirs. */
export async function findDigests(store: ObjectStore, folder: Address): Promise<Digests | undefined> {
  const found = await findJson(store, within(folder, manifestName), z.unknown());
  return manifest.safeParse(found).data?.files;
}

/**
 * Fetches a stored folder into an empty local one.
 * @throws {InvalidObject} if a file is missing or its content is not what the manifest says
 */
export async function fetchStored(store: ObjectStore, folder: Address, localFolder: string): Promise<void> {
  await rm(localFolder, { recursive: true, force: true });
  await mkdir(localFolder, { recursive: true });
  for (const [path, expected] of Object.entries(await readDigests(store, folder))) {
    const address = within(folder, path);
    if (path.split('/').includes('..')) throw new InvalidObject(within(folder, manifestName), 'must stay inside the folder', path);
    checkDigest(address, await store.download(address, join(localFolder, path)), expected);
  }
}

/** @throws {InvalidObject} */
export function checkDigest(address: Address, digest: string, expected: string): void {
  if (digest !== expected) throw new InvalidObject(address, `content is damaged: sha256 is ${digest}, its manifest says ${expected}`);
}

async function filesBelow(localFolder: string): Promise<string[]> {
  const entries = await readdir(localFolder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => relative(localFolder, join(entry.parentPath, entry.name)));
  return files
    .map((path) => path.split(sep).join('/'))
    .filter((path) => path !== manifestName)
    .toSorted();
}
