/** The two servers that a sweep needs, for a laptop and for tests: Temporal with its UI, and an S3 server. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findBinary } from './servers/binaries.ts';
import { type ServerBinary, temporal, versitygw } from './servers/catalogue.ts';
import { removePidFile, takeOver, writePidFile } from './servers/pid-file.ts';
import { findPort } from './servers/port.ts';
import { againIfPortTaken, type Server, ServerFailed, type ServerProgram, startServer } from './servers/server-process.ts';

export type { Server };

const loopback = '127.0.0.1';

/** Where its database and log lie, or nothing kept at all. */
type TemporalStore = { readonly stateFolder: string } | { readonly inMemory: true };

export type TemporalOptions = TemporalStore & {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly uiPort?: number;
  /** Name → type, such as `{ SweepId: 'Keyword' }`. */
  readonly searchAttributes?: Readonly<Record<string, string>>;
  /** Key → JSON value, such as `{ 'limit.historyCount.suggestContinueAsNew': 200 }`. */
  readonly dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
};

export interface TemporalServer extends Server {
  /** Address of the web UI. */
  readonly ui: string;
}

/**
 * Temporal's development server. It listens on loopback only: told of another address, it answers there, but its parts do not find each other, and no
 * workflow starts.
 * @throws {PortUnavailable | ServerRunning | ServerFailed | BinaryMissing}
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const { port = 0, uiPort = 0, searchAttributes = {}, dynamicConfig = {} } = options;
  const inMemory = 'inMemory' in options;
  const folder = inMemory ? mkdtempSync(path.join(os.tmpdir(), 'permafrost-temporal-')) : options.stateFolder;
  const keep = inMemory
    ? []
    : ['--db-filename', path.join(folder, 'temporal.db'), '--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'];
  const attributes = Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]);
  const settings = Object.entries(dynamicConfig).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`]);

  const start = async (): Promise<TemporalServer> => {
    await takeOver(pidFileOf(temporal, folder)); // before the ports are looked at: it may be what uses them
    const grpc = await findPort({ owner: 'Temporal', ip: loopback, port, flag: '--temporal-port' });
    const web = await findPort({ owner: 'the Temporal UI', ip: loopback, port: uiPort, flag: '--ui-port' });
    const ui = `http://${loopback}:${web}`;
    const server = await startInFolder(temporal, folder, {
      name: 'Temporal',
      address: `${loopback}:${grpc}`,
      args: [
        'server',
        'start-dev',
        '--ip',
        loopback,
        '--port',
        `${grpc}`,
        '--ui-port',
        `${web}`,
        '--ui-disable-news-fetch',
        '--log-level',
        'warn',
        ...keep,
        ...attributes,
        ...settings,
      ],
      env: {},
      logFile: path.join(folder, 'temporal.log'),
      isReady: () => knowsAttributes(ui, Object.keys(searchAttributes)),
    });
    return { ...server, ui };
  };
  if (!inMemory) return againIfPortTaken(start);
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  try {
    const server = await againIfPortTaken(start);
    return { ...server, stop: (signal) => server.stop(signal).then(removeFolder) };
  } catch (error) {
    removeFolder();
    throw error;
  }
}

export interface ObjectServerOptions {
  /** Buckets are the folders in its `objects`; its log and what else it keeps lie beside them. */
  readonly dataFolder: string;
  /** Address to listen on; another than loopback when pods must reach it. */
  readonly ip?: string;
  readonly port?: number;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** An S3 server over a folder. @throws {PortUnavailable | ServerRunning | ServerFailed | BinaryMissing} */
export async function startObjectServer({
  dataFolder,
  ip = loopback,
  port = 0,
  accessKey,
  secretKey,
}: ObjectServerOptions): Promise<Server> {
  const objects = path.join(dataFolder, 'objects');
  const sidecar = path.join(dataFolder, 'metadata'); // holds what a file system without extended attributes cannot
  mkdirSync(objects, { recursive: true });

  const start = async (): Promise<Server> => {
    await takeOver(pidFileOf(versitygw, dataFolder)); // before the port is looked at: it may be what uses it
    const own = await findPort({ owner: 'the S3 server', ip, port, flag: '--s3-port' });
    const address = `http://${hostOf(ip)}:${own}`;
    return startInFolder(versitygw, dataFolder, {
      name: 'the S3 server',
      address,
      args: [
        '--port',
        `${hostOf(ip)}:${own}`,
        '--health',
        '/health',
        '--keep-alive',
        '--quiet',
        'posix',
        ...(existsSync(sidecar) ? ['--sidecar', sidecar] : []),
        objects,
      ],
      env: { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey },
      logFile: path.join(dataFolder, 'versitygw.log'),
      isReady: async () => (await ask(`${address}/health`)).ok,
    });
  };
  try {
    return await againIfPortTaken(start);
  } catch (error) {
    if (!(error instanceof ServerFailed && error.log.includes('xattr check failed'))) throw error;
    mkdirSync(sidecar); // from now on, as the objects stay readable in one of the two ways only
    return againIfPortTaken(start);
  }
}

const pidFileOf = (binary: ServerBinary, folder: string): string => path.join(folder, `${binary.name}.pid`);

async function startInFolder(binary: ServerBinary, folder: string, program: Omit<ServerProgram, 'program'>): Promise<Server> {
  const file = pidFileOf(binary, folder);
  const { path: found } = await findBinary(binary);
  const server = await startServer({ ...program, program: found, env: { ...program.env, PATH: process.env.PATH ?? '', HOME: folder } });
  writePidFile(file, server.pid, found);
  return { ...server, stop: (signal) => server.stop(signal).then(() => removePidFile(file)) };
}

/** The UI answers, through it the server, and the server knows the search attributes. */
async function knowsAttributes(ui: string, names: readonly string[]): Promise<boolean> {
  const answer = await ask(`${ui}/api/v1/namespaces/default/search-attributes`);
  if (!answer.ok) return false;
  const { customAttributes = {} } = (await answer.json()) as { readonly customAttributes?: Readonly<Record<string, unknown>> };
  return names.every((name) => name in customAttributes);
}

const ask = (url: string): Promise<Response> => fetch(url, { signal: AbortSignal.timeout(2000) });

const hostOf = (ip: string): string => (ip.includes(':') ? `[${ip}]` : ip);
