import { type Address, formatAddress } from './address.ts';

/** The server did not answer, or said that it cannot now. Trying again is right; every other error here stays as it is. */
export class StorageUnreachable extends Error {
  override readonly name = 'StorageUnreachable';
}

export class CredentialsRefused extends Error {
  override readonly name = 'CredentialsRefused';
}

export class BucketNotFound extends Error {
  override readonly name = 'BucketNotFound';
}

export class ObjectNotFound extends Error {
  override readonly name = 'ObjectNotFound';
  constructor(address: Address) {
    super(`${formatAddress(address)}: there is no such object`);
  }
}

/** The object is there and is not what its place says it is. `field` is the path inside it, where that is known. */
export class InvalidObject extends Error {
  override readonly name = 'InvalidObject';
  readonly field: string;
  constructor(address: Address, problem: string, field = '') {
    super(`${formatAddress(address)}: ${field === '' ? '' : `${field}: `}${problem}`);
    this.field = field;
  }
}

/** What SDK errors carry that we read; Node's connection errors have `code`, S3's have a status. */
interface SdkError extends Error {
  readonly code?: string;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const connectionCodes = new Set(
  'ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN ERR_STREAM_PREMATURE_CLOSE'.split(' '),
);
const transientNames = new Set(['TimeoutError', 'RequestTimeout', 'SlowDown', 'ConditionalRequestConflict']);
// versitygw answers an unknown access key with XAdminUserNotFound, S3 with InvalidAccessKeyId.
const credentialNames = new Set(
  'CredentialsProviderError InvalidAccessKeyId SignatureDoesNotMatch AccessDenied ExpiredToken InvalidToken XAdminUserNotFound Forbidden'.split(
    ' ',
  ),
);

/** Worth another try: connection lost or refused, throttled, the server's own failure, or two conditional writes at once. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, message, code, cause, $metadata } = error as SdkError;
  const status = $metadata?.httpStatusCode ?? 0;
  if (connectionCodes.has(code ?? '') || transientNames.has(name) || status === 429 || status >= 500) return true;
  return message === 'aborted' || message === 'socket hang up' || isTransient(cause); // Node's words for an answer cut short
}

/** The named error for what the SDK threw; anything it does not know is returned as it is. */
export function namedError(error: unknown, address: Address, endpoint: string): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message } = error;
  const said = `${name}: ${message}`;
  if (isTransient(error)) {
    const text = `S3 server ${endpoint} does not answer for ${formatAddress(address)} (${message}): is it running, and is AWS_ENDPOINT_URL right?`;
    return new StorageUnreachable(text, { cause: error });
  }
  if (message === 'Region is missing') {
    const text = `${formatAddress(address)}: no S3 server is known; start one with permafrost up, or set AWS_REGION, and AWS_ENDPOINT_URL for a server of your own`;
    return new StorageUnreachable(text, { cause: error });
  }
  if (credentialNames.has(name)) {
    const text = `S3 server ${endpoint} refused access to ${formatAddress(address)} (${said}): check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`;
    return new CredentialsRefused(text, { cause: error });
  }
  if (name === 'NoSuchBucket') {
    return new BucketNotFound(`bucket ${address.bucket} does not exist on ${endpoint}: create it, or change the address`, { cause: error });
  }
  if (name === 'NoSuchKey' || name === 'NotFound') return new ObjectNotFound(address);
  return error;
}
