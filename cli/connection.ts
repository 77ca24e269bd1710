import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection, isGrpcServiceError, ServiceError } from '@temporalio/client';
import { connectObjectStore, type ObjectStore } from '../results/object-store.ts';
import { stateFolder } from '../tools/folders.ts';
import { CommandFailure } from './failure.ts';
import { type TemporalAddress, temporalAt } from './temporal.ts';

/** What a running `permafrost up` tells other commands on this machine. Readable by its owner only: it holds credentials. */
export interface RunningSystem {
  readonly pid: number;
  readonly temporal: string;
  readonly ui: string;
  readonly s3: { readonly endpoint: string; readonly accessKey: string; readonly secretKey: string };
}

const systemFile = (): string => path.join(stateFolder(process.env), 'up.json');

export function announceSystem(system: RunningSystem): void {
  mkdirSync(path.dirname(systemFile()), { recursive: true });
  writeFileSync(systemFile(), JSON.stringify(system), { mode: 0o600 });
}

export function withdrawSystem(): void {
  rmSync(systemFile(), { force: true });
}

/** The system that `permafrost up` runs on this machine, if it does. */
export function runningSystem(): RunningSystem | undefined {
  try {
    const system = JSON.parse(readFileSync(systemFile(), 'utf8')) as RunningSystem;
    process.kill(system.pid, 0); // throws when that process is gone
    return system;
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** The standard AWS variables for this process and all that it starts. */
export function useObjectServer({ endpoint, accessKey, secretKey }: RunningSystem['s3']): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
  });
}

export interface System {
  readonly client: Client;
  readonly store: ObjectStore;
  /** Address of the Temporal UI, where it is known. */
  readonly ui?: string;
  readonly close: () => Promise<void>;
}

/** Connects to the servers that the variables name, else to those of `permafrost up`. @throws {CommandFailure} when there are none */
export async function connectSystem(): Promise<System> {
  const local = process.env.TEMPORAL_ADDRESS === undefined ? runningSystem() : undefined;
  const address = process.env.TEMPORAL_ADDRESS ?? local?.temporal;
  if (address === undefined) {
    throw new CommandFailure(
      'no Permafrost runs here: start one with `permafrost up`, or set TEMPORAL_ADDRESS and AWS_ENDPOINT_URL to the servers to use',
    );
  }
  if (local !== undefined) useObjectServer(local.s3);
  const temporal = temporalAt(address, process.env);
  const connection = await connectTemporal(temporal);
  return {
    client: new Client({ connection, namespace: temporal.namespace }),
    store: connectObjectStore({ patienceSeconds: 10 }),
    ...(local && { ui: local.ui }),
    close: () => connection.close(),
  };
}

/** gRPC's codes for those who may not. */
const refusals: readonly number[] = [7, 16];

/** @throws {CommandFailure} when it does not answer in time, or does not know us */
export async function connectTemporal({ namespace: _, ...server }: TemporalAddress): Promise<Connection> {
  try {
    return await Connection.connect({ ...server, connectTimeout: '10 seconds' });
  } catch (error) {
    const cause = error instanceof ServiceError ? error.cause : error;
    if (isGrpcServiceError(cause) && refusals.includes(cause.code))
      throw new CommandFailure(`Temporal at ${server.address} refuses (${cause.details}): is TEMPORAL_API_KEY right?`, undefined, {
        cause: error,
      });
    const sealed = server.tls === undefined ? 'does it want TEMPORAL_TLS' : 'do the certificates that TEMPORAL_TLS_* name fit its own';
    const text = `Temporal at ${server.address} does not answer: is it running, is TEMPORAL_ADDRESS right, and ${sealed}?`;
    throw new CommandFailure(text, undefined, { cause: error });
  }
}
