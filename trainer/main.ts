/** The program in the pod: `PERMAFROST_TRIAL=s3://… node trainer/main.ts`. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Address, AddressError, parseAddress } from '../results/address.ts';
import { fetchFolder, InputNotFound } from '../results/input.ts';
import { connectObjectStore, type ObjectStore } from '../results/object-store.ts';
import { fetchShared, shareFile } from '../results/shared-file.ts';
import { BucketNotFound, CredentialsRefused, InvalidObject, ObjectNotFound } from '../results/storage-error.ts';
import { openTrialFolder, type TrialFolder } from '../results/trial-folder.ts';
import type { TrainerSettings } from '../study/spec/trial-template-schema.ts';
import { exitCode, type TrialFile } from '../study/trial.ts';
import type { FromTrainer } from './messages.ts';
import { badConfiguration, Refusal } from './refusal.ts';
import { parseSettings } from './settings.ts';
import { supervise, type Training } from './supervisor.ts';
import { forkTraining, TrainingEnded, type TrainingProcess } from './training-client.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'permafrost');

async function main(): Promise<number> {
  const [option] = process.argv.slice(2);
  if (option === '--check') return check();
  if (option !== undefined) throw badConfiguration('arguments', 'none, or --check', option);
  const preemption = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => preemption.abort());
  const store = connectObjectStore();
  const folder = openTrialFolder(store, trialAddress());
  const trial = await folder.readTrial();
  const settings = parseSettings(trial.trainer);
  const workFolder = await mkdtemp(join(tmpdir(), 'permafrost-trial-'));
  const uploads: Promise<void>[] = [];
  const place = { store, folder, trial, settings, workFolder, uploads };
  const { checkpointSeconds } = settings;
  try {
    const code = await supervise({
      folder,
      trial,
      checkpointSeconds,
      say,
      preemption: preemption.signal,
      startTraining: () => startTraining(place),
    });
    if (!preemption.signal.aborted) await Promise.race([Promise.all(uploads), once(preemption.signal, 'abort')]);
    return code;
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

/** Whether all that a trial needs is in this image or on this machine. */
async function check(): Promise<number> {
  const { testedDevice } = await import('./native/self-test.ts');
  const { device, tensorflow } = testedDevice(undefined);
  say(`trainer ${await ownVersion()}: TensorFlow ${tensorflow} on ${device}, Node ${process.versions.node}`);
  return exitCode.done;
}

function trialAddress(): string {
  const address = process.env.PERMAFROST_TRIAL;
  if (address === undefined) throw badConfiguration('PERMAFROST_TRIAL', "the address of a trial's folder", address);
  return address;
}

interface Place {
  readonly store: ObjectStore;
  readonly folder: TrialFolder;
  readonly trial: TrialFile;
  readonly settings: TrainerSettings;
  readonly workFolder: string;
  /** What other trials can use, on its way to them. None fails. */
  readonly uploads: Promise<void>[];
}

async function startTraining(place: Place): Promise<Training> {
  const { store, folder, trial, settings, workFolder } = place;
  const training = forkTraining(settings, join(cache, 'compiled'));
  try {
    const inputs = join(cache, 'inputs');
    const modelFolder = await fetchFolder(store, settings.model, inputs);
    const data = await fetchFolder(store, settings.data, inputs);
    const restored = join(workFolder, 'restored');
    const found = await folder.restoreCheckpoint(restored, ({ step, reason }) =>
      say(`checkpoint at step ${step} is passed over: ${reason}`),
    );
    const checkpoint = found === undefined ? {} : { checkpoint: restored };
    const prefixFolder = join(cache, 'prefix');
    training.send({ type: 'assignment', trial, settings, modelFolder, data, ...checkpoint, workFolder, prefixFolder });

    const ready = await nextAfterSharing(training, place);
    if (ready.type !== 'ready') throw new Error(`training process began with ${ready.type}`);
    await rm(restored, { recursive: true, force: true });
    const { device, tensorflow, step, attempt, texts } = ready;
    say(
      `trial ${trial.trial} of ${trial.sweep}: TensorFlow ${tensorflow} on ${device}, attempt ${attempt} from step ${step}, ${texts} training texts`,
    );
    return { process: training, device, versions: { trainer: await ownVersion(), tensorflow, node: process.versions.node } };
  } catch (error) {
    await training.end();
    throw error;
  }
}

/** Serves what the training process wants to share with other trials, until it says something else. */
async function nextAfterSharing(training: TrainingProcess, { store, folder, uploads }: Place): Promise<FromTrainer> {
  const shared = sharedFolder(folder.address);
  for (;;) {
    const message = await training.next();
    if (message.type === 'wanted') {
      const isThere = await fetchShared(store, shared, message.name, message.path).catch(unusable);
      training.send({ type: 'fetched', name: message.name, isThere });
      if (isThere) say(`output of frozen layers ${message.name}: fetched`);
    } else if (message.type === 'made') {
      const told = (outcome: string) => say(`output of frozen layers ${message.name}: ${outcome}`);
      // Training does not wait for it, and a trial does not fail because others will have to compute it again.
      uploads.push(
        shareFile(store, shared, message.name, message.path).then(
          () => told('shared'),
          (error: Error) => told(`not shared: ${error.message}`),
        ),
      );
    } else return message;
  }
}

/** What cannot be fetched is computed: no reason for a trial to fail. */
function unusable(error: Error): false {
  say(`output of frozen layers: computed here, for what is there cannot be used: ${error.message}`);
  return false;
}

/** `<results uri>/cache` of a trial in `<results uri>/<sweep>/trials/<number>`. */
function sharedFolder(trial: string): Address {
  const { bucket, key } = parseAddress(trial);
  return { bucket, key: [...key.split('/').slice(0, -3), 'cache'].join('/') };
}

async function ownVersion(): Promise<string> {
  const json = JSON.parse(await readFile(join(import.meta.dirname, '../package.json'), 'utf8')) as { readonly version: string };
  return json.version;
}

/** What is wrong for good has a code of its own; everything else is a crash, worth another try from the checkpoint. */
function codeFor(error: unknown): number {
  if (error instanceof Refusal || error instanceof TrainingEnded) return error.exitCode;
  if (error instanceof InputNotFound || error instanceof ObjectNotFound) return exitCode.inputNotFound;
  const isOurs = [AddressError, InvalidObject, BucketNotFound, CredentialsRefused].some((kind) => error instanceof kind);
  return isOurs ? exitCode.badConfiguration : 70; // EX_SOFTWARE
}

try {
  process.exitCode = await main();
} catch (error) {
  const isTold = error instanceof TrainingEnded && [64, 65, 66].includes(error.exitCode); // the training process has said what is wrong
  if (!isTold) process.stderr.write(`trainer: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = codeFor(error);
}
process.exit();
