import { readFileSync } from 'node:fs';
import type { TLSConfig } from '@temporalio/client';

/** Where Temporal is, and how it knows us. */
export interface TemporalAddress {
  /** `host:port` */
  readonly address: string;
  readonly namespace: string;
  /** Empty: encrypted, with the usual authorities. */
  readonly tls?: TLSConfig;
  readonly apiKey?: string;
}

/** Where workflows and activities wait for a worker. */
export const taskQueue = 'permafrost';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The server at this address, by the variables that Temporal's own tools read too: `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, and with
 * `TEMPORAL_TLS=true` also `TEMPORAL_TLS_SERVER_NAME`, `TEMPORAL_TLS_SERVER_CA_CERT_PATH`, `TEMPORAL_TLS_CLIENT_CERT_PATH` and
 * `TEMPORAL_TLS_CLIENT_KEY_PATH`. An API key is only sent encrypted.
 */
export function temporalAt(address: string, env: Environment): TemporalAddress {
  const { TEMPORAL_NAMESPACE: namespace = 'default', TEMPORAL_API_KEY: apiKey, TEMPORAL_TLS: tls } = env;
  return {
    address,
    namespace,
    ...((tls === 'true' || apiKey !== undefined) && { tls: tlsFrom(env) }),
    ...(apiKey !== undefined && { apiKey }),
  };
}

function tlsFrom(env: Environment): TLSConfig {
  const { TEMPORAL_TLS_SERVER_NAME: name, TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority } = env;
  const { TEMPORAL_TLS_CLIENT_CERT_PATH: certificate, TEMPORAL_TLS_CLIENT_KEY_PATH: key } = env;
  return {
    ...(name !== undefined && { serverNameOverride: name }),
    ...(authority !== undefined && { serverRootCACertificate: readFileSync(authority) }),
    ...(certificate !== undefined && key !== undefined && { clientCertPair: { crt: readFileSync(certificate), key: readFileSync(key) } }),
  };
}
