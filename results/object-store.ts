import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type _Object as ListedObject,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Address } from './address.ts';
import { onDisk } from './disk-full.ts';
import { patientRetries } from './patience.ts';
import { namedError, ObjectNotFound } from './storage-error.ts';
import { sendFile, type Target, wholeBody, writeWhole } from './transfer.ts';

export interface StoredObject {
  readonly address: Address;
  /** Bytes. */
  readonly size: number;
  /** Changes with the content. */
  readonly etag: string;
}

/**
 * Objects in S3. Every method waits out a server that is away for a while, and otherwise throws one of the errors in `storage-error.ts`:
 * StorageUnreachable (worth another try), CredentialsRefused, BucketNotFound, ObjectNotFound; and DiskFull where it writes to this disk.
 */
export interface ObjectStore {
  get(address: Address): Promise<Uint8Array | undefined>;
  find(address: Address): Promise<StoredObject | undefined>;
  /** Creates the object, or leaves the one that is there. After a lost answer our own first try is 'exists' too: compare the content. */
  putNew(address: Address, body: string | Uint8Array): Promise<'created' | 'exists'>;
  put(address: Address, body: string | Uint8Array): Promise<void>;
  /** The objects below a folder, in the order of their keys. */
  list(folder: Address): AsyncIterable<StoredObject>;
  /** Sends a file, in parts when it is large. Returns its sha256 in hex. */
  upload(address: Address, file: string): Promise<string>;
  /** Fetches an object into a file, which appears whole or not at all. Returns its sha256 in hex. */
  download(address: Address, file: string): Promise<string>;
  copy(from: Address, to: Address): Promise<void>;
  removeAll(folder: Address): Promise<void>;
  /** Creates the bucket unless it is there. */
  ensureBucket(bucket: string): Promise<void>;
}

export interface ObjectStoreOptions {
  /** How long one request goes on trying while the server does not answer. */
  readonly patienceSeconds: number;
}

/**
 * One pooled set of connections, set up by what the AWS SDK reads: AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and
 * its other sources. 60 s of patience outlive the restart of a server; a command that a person waits for takes less.
 */
export function connectObjectStore({ patienceSeconds }: ObjectStoreOptions = { patienceSeconds: 60 }): ObjectStore {
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  const client = new S3Client({
    forcePathStyle: endpoint !== undefined, // own servers have one host name; buckets are folders of it
    retryStrategy: patientRetries(patienceSeconds),
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 60_000, httpAgent: { keepAlive: true, maxSockets: 64 } },
  });
  const named = async <T>(address: Address, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw namedError(error, address, endpoint ?? 'Amazon S3');
    }
  };
  return objectStore(client, named);
}

type Named = <T>(address: Address, work: () => Promise<T>) => Promise<T>;

function objectStore(client: S3Client, named: Named): ObjectStore {
  const target = ({ bucket, key }: Address): Target => ({ Bucket: bucket, Key: key });

  const body = async (address: Address): Promise<Readable> => {
    const answer = await client.send(new GetObjectCommand(target(address)));
    return answer.Body as Readable; // on Node the SDK's body is always a Readable
  };

  async function* list(folder: Address): AsyncGenerator<StoredObject> {
    const prefix = folder.key === '' ? '' : `${folder.key}/`;
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: folder.bucket,
        Prefix: prefix,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      });
      const page = await named(folder, () => client.send(command));
      const found = (page.Contents ?? []).map((object) => stored(folder.bucket, object));
      yield* found.filter(({ address }) => !address.key.endsWith('/')); // some consoles make a "folder" as an empty object
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  return {
    list,
    async get(address) {
      try {
        return await named(address, () => wholeBody(async () => Buffer.concat(await (await body(address)).toArray())));
      } catch (error) {
        if (error instanceof ObjectNotFound) return undefined;
        throw error;
      }
    },
    async find(address) {
      // HEAD has no body, so a missing bucket and a wrong key would look like a missing object. An exact key comes first in its listing.
      const command = new ListObjectsV2Command({ Bucket: address.bucket, Prefix: address.key, MaxKeys: 1 });
      const page = await named(address, () => client.send(command));
      return page.Contents?.map((found) => stored(address.bucket, found)).find((found) => found.address.key === address.key);
    },
    async putNew(address, content) {
      const command = new PutObjectCommand({ ...target(address), Body: Buffer.from(content), IfNoneMatch: '*' });
      return named(address, () => client.send(command).then(() => 'created' as const, whenNamed('PreconditionFailed', 'exists' as const)));
    },
    async put(address, content) {
      await named(address, () => client.send(new PutObjectCommand({ ...target(address), Body: Buffer.from(content) })));
    },
    upload: (address, file) => named(address, () => sendFile(client, target(address), file)),
    async download(address, file) {
      await onDisk(file, () => mkdir(dirname(file), { recursive: true }));
      return named(address, () => wholeBody(async () => writeWhole(await body(address), file)));
    },
    async copy(from, to) {
      const source = `${from.bucket}/${from.key.split('/').map(encodeURIComponent).join('/')}`;
      await named(from, () => client.send(new CopyObjectCommand({ ...target(to), CopySource: source })));
    },
    async removeAll(folder) {
      let keys: { Key: string }[] = [];
      const flush = async () => {
        if (keys.length > 0)
          await named(folder, () =>
            client.send(new DeleteObjectsCommand({ Bucket: folder.bucket, Delete: { Objects: keys, Quiet: true } })),
          );
        keys = [];
      };
      for await (const { address } of list(folder)) {
        if (keys.push({ Key: address.key }) === 1_000) await flush();
      }
      await flush();
    },
    async ensureBucket(bucket) {
      const command = new CreateBucketCommand({ Bucket: bucket });
      await named({ bucket, key: '' }, () => client.send(command).catch(whenNamed('BucketAlreadyOwnedByYou', undefined)));
    },
  };
}

function stored(bucket: string, { Key = '', Size = 0, ETag = '' }: ListedObject): StoredObject {
  return { address: { bucket, key: Key }, size: Size, etag: ETag.replaceAll('"', '') };
}

/** Turns the one error of that name into an answer. */
function whenNamed<T>(name: string, answer: T): (error: Error) => T {
  return (error) => {
    if (error.name === name) return answer;
    throw error;
  };
}
