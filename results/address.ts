/** Where an object or a folder lies in S3. A folder's key has no slash at its end; the bucket itself has the empty key. */
export interface Address {
  readonly bucket: string;
  readonly key: string;
}

export class AddressError extends Error {
  override readonly name = 'AddressError';
  constructor(got: string, reason = '') {
    super(`S3 address must be s3://bucket/prefix, got ${JSON.stringify(got)}${reason === '' ? '' : `: ${reason}`}`);
  }
}

const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** @throws {AddressError} without the scheme, without a bucket, or with a bucket name that no S3 server takes */
export function parseAddress(text: string): Address {
  const parts = /^s3:\/\/([^/]*)(?:\/+(.*))?$/s.exec(text);
  if (parts === null) throw new AddressError(text);
  const [, bucket = '', path = ''] = parts;
  if (bucket === '') throw new AddressError(text, 'the bucket is missing');
  if (!bucketName.test(bucket)) throw new AddressError(text, 'a bucket name has 3 to 63 lower-case letters, digits, dots and hyphens');
  return { bucket, key: path.replace(/\/+$/, '') };
}

export function formatAddress({ bucket, key }: Address): string {
  return key === '' ? `s3://${bucket}` : `s3://${bucket}/${key}`;
}

/** The address of `path` inside the folder: `within(s3://b/sweeps, 'log/00000.ndjson')`. */
export function within(folder: Address, path: string): Address {
  return { bucket: folder.bucket, key: folder.key === '' ? path : `${folder.key}/${path}` };
}

/** The other way round: the path of an address inside the folder that it was listed in. */
export function pathWithin(folder: Address, address: Address): string {
  return folder.key === '' ? address.key : address.key.slice(folder.key.length + 1);
}

export function isS3Address(text: string): boolean {
  return text.startsWith('s3://');
}
