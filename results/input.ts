import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Address, formatAddress, isS3Address, parseAddress, pathWithin } from './address.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { checkDigest, type Digests, findDigests, manifestName } from './stored-folder.ts';

/** A model or data set that is not where it was said to be. Never retried. */
export class InputNotFound extends Error {
  override readonly name = 'InputNotFound';
  constructor(address: string) {
    super(`${address}: there is no such ${isS3Address(address) ? 'object or folder' : 'file or folder'}`);
  }
}

/**
 * Makes a model or data set available on this machine. A local path is returned as it is; an `s3://` folder or object is fetched once into the
 * cache, and again only when its content changes there.
 * @throws {InputNotFound}
 */
export async function fetchFolder(store: ObjectStore, address: string, cacheFolder: string): Promise<string> {
  if (!isS3Address(address)) return localInput(address);
  const root = parseAddress(address);
  const below = await Array.fromAsync(store.list(root));
  if (below.length > 0) return fetchOnce(store, root, below, cacheFolder);
  const file = await store.find(root);
  if (file === undefined) throw new InputNotFound(address);
  const parent = { bucket: root.bucket, key: root.key.split('/').slice(0, -1).join('/') };
  return join(await fetchOnce(store, parent, [file], cacheFolder), basename(root.key));
}

async function localInput(path: string): Promise<string> {
  try {
    await access(path);
    return path;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new InputNotFound(path) : error;
  }
}

/** Named by what is in it (ETags), so an unchanged input is never fetched twice and a changed one never mixed up with it. */
async function fetchOnce(store: ObjectStore, root: Address, objects: readonly StoredObject[], cacheFolder: string): Promise<string> {
  const contents = objects.map(({ address, size, etag }) => `${formatAddress(address)} ${size} ${etag}`).join('\n');
  const folder = join(cacheFolder, createHash('sha256').update(contents).digest('hex').slice(0, 32));
  if (existsSync(folder)) return folder;

  const part = `${folder}.${randomUUID()}.part`;
  try {
    const digests = await digestsIn(store, root, objects);
    for (const { address } of objects) {
      const path = pathWithin(root, address);
      const digest = await store.download(address, join(part, path));
      checkDigest(address, digest, digests[path] ?? digest);
    }
    await rename(part, folder).catch(unlessThere); // another process may have been quicker; what it fetched is the same
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return folder;
}

/** What the folder's own manifest says, when it has one of ours: the best model of another sweep is an input too. */
async function digestsIn(store: ObjectStore, root: Address, objects: readonly StoredObject[]): Promise<Digests> {
  const listed = objects.some(({ address }) => pathWithin(root, address) === manifestName);
  return listed ? ((await findDigests(store, root)) ?? {}) : {};
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}
