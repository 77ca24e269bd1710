import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAddress, within } from '../results/address.ts';
import { connectObjectStore, type ObjectStore } from '../results/object-store.ts';
import { storeFolder } from '../results/stored-folder.ts';
import { localRunner } from '../runners/local/local-runner.ts';
import type { Slot } from '../runners/local/slots.ts';
import type { TrialRunner } from '../runners/runner.ts';
import { cacheFolder, stateFolder } from '../tools/folders.ts';
import { startObjectServer, startTemporal } from '../tools/servers.ts';
import { announceSystem, type RunningSystem, runningSystem, useObjectServer, withdrawSystem } from './connection.ts';
import { CommandFailure } from './failure.ts';
import type { KubernetesChoice } from './kubernetes.ts';
import { createWorker, quietRuntime, temporalAttributeTypes } from './worker.ts';

export interface LocalSystemOptions {
  readonly temporalPort: number;
  readonly uiPort: number;
  readonly s3Port: number;
  /** Of this machine; the S3 server listens there. Another than loopback when pods must reach it. */
  readonly listenAddress: string;
  readonly runner: RunnerChoice;
}

/** What carries out the trials. */
export type RunnerChoice =
  | { readonly kind: 'local'; readonly slots: readonly Slot[] }
  | ({ readonly kind: 'kubernetes' } & KubernetesChoice);

export interface LocalSystem {
  readonly ui: string;
  readonly s3: string;
  readonly runner: string;
  /** Resolves with a sentence when a part of it ends unasked. */
  readonly broken: Promise<string>;
  /** Worker first, then trials (they write a checkpoint and go on at the next start), then servers. */
  stop(): Promise<void>;
}

/** Temporal, an S3 server and a worker on this machine: all that a sweep needs. */
export async function startLocalSystem({
  temporalPort,
  uiPort,
  s3Port,
  listenAddress,
  runner: choice,
}: LocalSystemOptions): Promise<LocalSystem> {
  const other = runningSystem();
  if (other !== undefined)
    throw new CommandFailure(
      `Permafrost runs here already (process ${other.pid}, UI ${other.ui}): use it (leave --runner out), or stop it first`,
    );
  const state = stateFolder(process.env);
  const keys = objectServerKeys(path.join(state, 's3-keys.json'));
  const opened: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    withdrawSystem();
    for (const part of opened.splice(0).toReversed()) await part.stop();
  };
  try {
    const s3 = await startObjectServer({ dataFolder: path.join(state, 's3'), ip: listenAddress, port: s3Port, ...keys });
    opened.push(s3);
    const temporal = await startTemporal({
      stateFolder: path.join(state, 'temporal'),
      port: temporalPort,
      uiPort,
      searchAttributes: temporalAttributeTypes,
    });
    opened.push(temporal);
    useObjectServer({ endpoint: s3.address, ...keys });
    const store = connectObjectStore();
    await offerExamples(store);

    const { runner, description, stop: stopRunner } = await startRunner(choice, state, store, { endpoint: s3.address, ...keys });
    opened.push({ stop: stopRunner });
    quietRuntime();
    const worker = await createWorker({ temporal: { address: temporal.address, namespace: 'default' }, store, runner, maxTrials: 1000 });
    const running = worker.run();
    opened.push({
      stop: () => {
        worker.shutdown();
        return running;
      },
    });
    announceSystem({ pid: process.pid, temporal: temporal.address, ui: temporal.ui, s3: { endpoint: s3.address, ...keys } });

    const broken = Promise.race([
      s3.exited.then((how) => `the S3 server ended (${how})`),
      temporal.exited.then((how) => `Temporal ended (${how})`),
      running.then(
        () => 'the worker ended',
        (error: unknown) => `the worker failed: ${String(error)}`,
      ),
    ]);
    return { ui: temporal.ui, s3: s3.address, runner: description, broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface StartedRunner {
  readonly runner: TrialRunner;
  readonly description: string;
  /** Ends what runs, so that it writes its checkpoint while the S3 server is still there. */
  readonly stop: () => Promise<void>;
}

async function startRunner(choice: RunnerChoice, state: string, store: ObjectStore, keys: RunningSystem['s3']): Promise<StartedRunner> {
  if (choice.kind === 'local') {
    const { slots } = choice;
    const stateFolder = path.join(state, 'trials');
    const runner = localRunner({ stateFolder, builtInTrainer, slots, store, environment: process.env, graceSeconds: 30 });
    return { runner, description: describeSlots(slots), stop: () => runner.suspend() };
  }
  const { openRunner } = await import('./kubernetes.ts'); // its library takes most of a second to load
  const { runner, close } = await openRunner(choice, store, keys);
  const { namespace, description } = choice.cluster;
  return { runner, description: `pods in namespace ${namespace} of ${description}`, stop: () => runner.suspend().finally(close) };
}

function describeSlots(slots: readonly Slot[]): string {
  const [first] = slots;
  return first?.kind === 'gpu'
    ? `one trial on each of ${slots.length} GPUs`
    : `${slots.length} trials at a time, ${first?.threads} threads each`;
}

const builtInTrainer = [process.execPath, fileURLToPath(new URL('../trainer/main.ts', import.meta.url))];

/** CPU slots share the cores evenly; with GPUs there is one slot each. */
export function slotsOf({ slots, gpus }: { readonly slots: number; readonly gpus: readonly string[] }): readonly Slot[] {
  if (gpus.length > 0) return gpus.map((device) => ({ kind: 'gpu', device }));
  const threads = Math.max(1, Math.floor(os.availableParallelism() / slots));
  return Array.from({ length: slots }, () => ({ kind: 'cpu', threads }));
}

/** Made once per machine, so that results stay readable from one start to the next. */
function objectServerKeys(file: string): Pick<RunningSystem['s3'], 'accessKey' | 'secretKey'> {
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ accessKey: 'permafrost', secretKey: randomBytes(24).toString('hex') }), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Pick<RunningSystem['s3'], 'accessKey' | 'secretKey'>;
}

/** Puts the model and data of the examples where their sweeps look for them. */
export async function offerExamples(store: ObjectStore): Promise<void> {
  const offers = [
    { from: path.join(cacheFolder(process.env), 'models', 'minilm-l6'), to: 's3://models/minilm-l6' },
    { from: path.join(cacheFolder(process.env), 'data', 'debian-sections'), to: 's3://data/debian-sections' },
  ];
  for (const { from, to } of offers) {
    const address = parseAddress(to);
    await store.ensureBucket(address.bucket);
    const isThere = (await store.find(within(address, 'manifest.json'))) !== undefined;
    if (existsSync(from) && !isThere) await storeFolder(store, address, from);
  }
}
