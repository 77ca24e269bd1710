import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { isTransient } from './storage-error.ts';

type RetryStrategy = Extract<NonNullable<S3ClientConfig['retryStrategy']>, { acquireInitialRetryToken: unknown }>;
type RetryToken = Awaited<ReturnType<RetryStrategy['acquireInitialRetryToken']>>;
interface PatientToken extends RetryToken {
  readonly deadline: number;
}

const firstWaitMs = 100;
const longestWaitMs = 2_000;

/**
 * Tries a request again until it is answered or `patienceSeconds` have passed since its first try. The SDK's own strategies count tries and
 * share a budget of retries between requests, so one restart of the server fails whatever is in flight; this one outlives it.
 */
export function patientRetries(patienceSeconds: number): RetryStrategy {
  return {
    acquireInitialRetryToken: async () => token(0, Date.now() + patienceSeconds * 1_000),
    refreshRetryTokenForRetry: async (last, { error }) => {
      const { deadline } = last as PatientToken; // every token of this strategy was made below
      if (!isTransient(error) || Date.now() >= deadline) throw error;
      return token(last.getRetryCount() + 1, deadline);
    },
    recordSuccess: () => {},
  };
}

function token(tries: number, deadline: number): PatientToken {
  return { deadline, getRetryCount: () => tries, getRetryDelay: () => (tries === 0 ? 0 : waitMs(tries)) };
}

/** Doubles from 0.1 s to 2 s; the random half keeps many clients from coming back in step. */
function waitMs(tries: number): number {
  const most = Math.min(longestWaitMs, firstWaitMs * 2 ** (tries - 1));
  return most * (0.5 + Math.random() / 2);
}
