/** Temporal, an S3 server and workers for one test file: all real, on free ports, in a folder that is removed at the end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { type Submitted, submit } from '../cli/submit.ts';
import { temporalAttributeTypes } from '../cli/worker.ts';
import { openSweepFolder, type SweepFolder } from '../results/sweep-folder.ts';
import { parseSweep } from '../study/spec.ts';
import { startTemporal, type TemporalServer } from '../tools/servers.ts';
import { startTestServer, type TestServer } from './object-server.ts';
import { endChild } from './processes.ts';

export interface TestSystem {
  readonly s3: TestServer;
  readonly client: Client;
  /** `host:port` */
  readonly temporalAddress: string;
  /** kill -9. What it knew is gone, unless the system is durable. */
  killTemporal(): Promise<void>;
  /** Starts it again at the same address. */
  restartTemporal(): Promise<void>;
  /**
   * A worker as a process of its own, so that it can be killed; ready when this resolves.
   * @param variables - what it gets to know beside the servers, or instead of them
   */
  startWorker(variables?: Variables): Promise<ChildProcess>;
  /** A sweep of the Python example trainer with a few things changed. */
  submit(change: Readonly<Record<string, unknown>>): Promise<Submitted & { readonly results: SweepFolder }>;
  close(): Promise<void>;
}

/** Of a process's environment. */
export type Variables = Readonly<Record<string, string>>;

export interface TestSystemOptions {
  readonly continueAsNewAfter?: number;
  /** Temporal keeps what it knows on disk. */
  readonly durable?: true;
  /** Where the S3 server listens. */
  readonly listenAddress?: string;
  /** What all workers get to know beside the servers. */
  readonly workerVariables?: Variables;
  /** The program of the workers, where it is not the usual one. */
  readonly workerProgram?: string;
}

export async function startTestSystem({
  continueAsNewAfter,
  durable,
  listenAddress,
  workerVariables,
  workerProgram = path.join(import.meta.dirname, 'worker-process.ts'),
}: TestSystemOptions = {}): Promise<TestSystem> {
  const s3 = await startTestServer(listenAddress);
  const start = (port: number): Promise<TemporalServer> =>
    startTemporal({
      ...(durable ? { stateFolder: path.join(s3.folder, 'temporal') } : { inMemory: true }),
      port,
      searchAttributes: temporalAttributeTypes,
      ...(continueAsNewAfter && { dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': continueAsNewAfter } }),
    });
  let temporal = await start(0);
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection });
  const workers: ChildProcess[] = [];

  return {
    s3,
    client,
    temporalAddress: temporal.address,
    killTemporal: () => temporal.stop('SIGKILL'),
    async restartTemporal() {
      temporal = await start(Number(temporal.address.split(':')[1]));
    },
    async startWorker(variables) {
      const servers = { TEMPORAL_ADDRESS: temporal.address, TRIALS_FOLDER: path.join(s3.folder, 'trials') };
      const worker = spawn(process.execPath, [workerProgram], {
        env: { ...process.env, ...workerVariables, ...servers, ...variables },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      workers.push(worker);
      const ended = once(worker, 'exit').then(([code]) => Promise.reject(new Error(`the worker ended with ${code} before it was ready`)));
      await Promise.race([once(worker, 'message'), ended]);
      return worker;
    },
    async submit(change) {
      const submitted = await submit(parseSweep(aPythonSweep(s3.bucket, change)), { client, store: s3.store });
      return { ...submitted, results: openSweepFolder(s3.store, submitted.folder) };
    },
    async close() {
      for (const worker of workers) await endChild(worker, 'SIGTERM');
      await connection.close();
      await temporal.stop();
      await s3.close();
    },
  };
}

const trainer = path.join(import.meta.dirname, '../examples/python-trainer/trainer.py');

/** As a person might write it, with a few things changed. */
export function aPythonSweep(bucket: string, change: Readonly<Record<string, unknown>>) {
  const { stepSeconds = 0, lingerSeconds = 0, command = ['python3', trainer], template = {}, ...spec } = change;
  return {
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'Sweep',
    metadata: { name: 'python' },
    spec: {
      objectives: [{ metric: 'eval/loss', direction: 'minimize' }],
      parameters: [{ name: 'learningRate', searchSpace: { logUniform: { min: 1e-3, max: 3 } } }],
      searchAlgorithm: { name: 'random', seed: 1 },
      pruneAlgorithm: { name: 'asha', minResource: 1, maxResource: 9 },
      numTrials: 6,
      parallelTrials: 2,
      finalSeeds: 1,
      trialTemplate: { command, trainer: { stepSeconds }, lingerSeconds, ...(template as object) },
      results: { uri: `s3://${bucket}/sweeps` },
      ...spec,
    },
  };
}
