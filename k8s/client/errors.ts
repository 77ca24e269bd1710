/** The API server said no. `reason` is its own word for it, such as `NotFound`, `AlreadyExists`, `Forbidden`, `Invalid`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status. */
  readonly code: number;
  readonly reason: string;
  /** What the server asked us to wait before the next try. */
  readonly retryAfterSeconds: number | undefined;
  constructor(what: string, { code, reason, message, retryAfterSeconds }: Answer) {
    super(`${what}: ${message}`);
    this.code = code;
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The server does not answer, after all tries. Worth another try later. */
export class ClusterUnreachable extends Error {
  override readonly name = 'ClusterUnreachable';
}

interface Answer {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** The body of an error is a Status as JSON; a proxy on the way may answer with anything. */
export function apiError(what: string, code: number, body: string, retryAfter: string | undefined): ApiError {
  const status = statusIn(body);
  const seconds = Number(retryAfter);
  return new ApiError(what, {
    code,
    reason: status?.reason ?? reasonOf(code),
    message: status?.message ?? (body.trim().slice(0, 300) || `HTTP ${code}`),
    retryAfterSeconds: retryAfter !== undefined && Number.isFinite(seconds) ? seconds : undefined,
  });
}

function statusIn(body: string): { readonly reason?: string; readonly message?: string } | undefined {
  try {
    const value = JSON.parse(body) as { readonly kind?: string; readonly reason?: string; readonly message?: string };
    return value.kind === 'Status' ? value : undefined;
  } catch {
    return undefined; // not JSON: the text itself is shown
  }
}

const reasons: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  410: 'Expired',
  429: 'TooManyRequests',
};
const reasonOf = (code: number): string => reasons[code] ?? 'Unknown';

export const isNotFound = (error: unknown): boolean => error instanceof ApiError && error.code === 404;
/** An object of that name is there. */
export const isAlreadyThere = (error: unknown): boolean => error instanceof ApiError && error.reason === 'AlreadyExists';
/** Someone else has changed the object since it was read. */
export const isConflict = (error: unknown): boolean => error instanceof ApiError && error.reason === 'Conflict';
/** The version that a watch or a list wanted to go on from is forgotten: list anew. */
export const isExpired = (error: unknown): boolean => error instanceof ApiError && error.code === 410;

/** Worth another try: throttled, or the server's own trouble. */
export const isTransient = (error: unknown): boolean =>
  error instanceof ClusterUnreachable || (error instanceof ApiError && (error.code === 429 || error.code >= 500));
