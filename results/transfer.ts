import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { onDisk } from './disk-full.ts';
import { isTransient } from './storage-error.ts';

export interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

const partBytes = 8 * 1024 * 1024;
const triesOfOneBody = 5;

/** The SDK tries a request again until its answer begins. A body that breaks off after that is ours to ask for again. */
export async function wholeBody<T>(read: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await read();
    } catch (error) {
      if (!isTransient(error) || tries === triesOfOneBody) throw error;
    }
  }
}

/** Sends a file in parts of 8 MiB, a smaller one at once. Returns its sha256. */
export async function sendFile(client: S3Client, target: Target, file: string): Promise<string> {
  const send = async () => {
    const hash = createHash('sha256');
    const body = Readable.from(passing(createReadStream(file), hash));
    await new Upload({ client, params: { ...target, Body: body }, partSize: partBytes }).done();
    return hash.digest('hex');
  };
  try {
    return await send();
  } catch (error) {
    // Closing an upload whose answer was lost, a second time: the parts are gone, the object may or may not be there. Send it again.
    if ((error as Error).name === 'NoSuchUpload') return send();
    throw error;
  }
}

/** Writes beside the file and renames at the end, so a file of that name is whole. Returns its sha256. */
export async function writeWhole(body: Readable, file: string): Promise<string> {
  const part = `${file}.${randomUUID()}.part`;
  const hash = createHash('sha256');
  try {
    await onDisk(file, () => pipeline(passing(body, hash), createWriteStream(part)));
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
  return hash.digest('hex');
}

async function* passing(source: AsyncIterable<Buffer>, hash: { update(chunk: Buffer): unknown }): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}
