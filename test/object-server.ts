/** A real S3 server for one test file, with this process's AWS variables set to it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectObjectStore, type ObjectStore } from '../results/object-store.ts';
import { type Server, startObjectServer } from '../tools/servers.ts';

export interface TestServer {
  readonly store: ObjectStore;
  /** A bucket that is there. */
  readonly bucket: string;
  /** Empty at first, removed at the end. */
  readonly folder: string;
  /** Variables by which a child process finds the server. */
  readonly environment: Readonly<Record<string, string>>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const accessKey = 'permafrost';
const secretKey = 'permafrost-test-secret';

/** @param ip - where it listens: another address than loopback when pods must reach it */
export async function startTestServer(ip = '127.0.0.1'): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'permafrost-s3-'));
  const dataFolder = join(folder, 'server');
  let server: Server = await startObjectServer({ dataFolder, ip, accessKey, secretKey });
  const address = server.address;
  const environment = {
    AWS_ENDPOINT_URL: address,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
  };
  Object.assign(process.env, environment);
  const store = connectObjectStore();
  await store.ensureBucket('test');

  return {
    store,
    bucket: 'test',
    folder,
    environment,
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    async restart() {
      server = await startObjectServer({ dataFolder, ip, accessKey, secretKey, port: Number(new URL(address).port) });
    },
    async close() {
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
