/** What npm cannot bring: libtensorflow, the example's model and data, and the servers. Each step does nothing where it is done. */
import { CommandFailed } from '../trainer/native/command.ts';
import { installTensorflow, type Kind } from '../trainer/native/install.ts';
import { setUpCluster } from './cluster/set-up.ts';
import { ensureData } from './datasets/example-data.ts';
import { cacheFolder } from './folders.ts';
import { setUpImages } from './images/set-up.ts';
import { ensureModel } from './model.ts';
import { findBinary } from './servers/binaries.ts';
import { temporal, versitygw } from './servers/catalogue.ts';

const say = (line: string): void => console.log(`permafrost: ${line}`);

// Ctrl-C reaches the program that a step runs as well. It ends, and so the step fails and clears up after itself.
let interrupted = false;
process.once('SIGINT', () => {
  interrupted = true;
});

try {
  const cache = cacheFolder(process.env);
  const options = readOptions(process.argv.slice(2));
  const kind = await installTensorflow({ kind: options.kind, cacheFolder: cache, say });
  if (kind === 'gpu') say('libtensorflow: GPU build; it needs an NVIDIA driver and the libraries of CUDA 12 and cuDNN 9 on this machine');
  await ensureModel({ cacheFolder: cache, say });
  ensureData({ cacheFolder: cache, say });
  for (const server of [temporal, versitygw]) await findBinary(server, { env: process.env, say });
  if (options.cluster) await setUpCluster(say);
  if (options.images) await setUpImages({ cacheFolder: cache, say });
} catch (error) {
  const known =
    error instanceof CommandFailed ||
    ['ToolMissing', 'BinaryMissing', 'PlatformUnsupported', 'NoBuilder', 'BadOption'].includes((error as Error).name);
  if (!known) throw error;
  console.error(`permafrost: ${interrupted ? 'stopped' : (error as Error).message}`);
  process.exitCode = interrupted ? 130 : 1; // as a shell reports an interrupt
}

interface Options {
  /** `undefined` leaves the choice as it was. */
  readonly kind: Kind | undefined;
  /** Also what a Kubernetes cluster on this machine needs. */
  readonly cluster: boolean;
  /** Also the container images. */
  readonly images: boolean;
}

function readOptions(given: readonly string[]): Options {
  const known = ['--cpu', '--gpu', '--cluster', '--images'];
  const unknown = given.filter((option) => !known.includes(option));
  if (unknown.length > 0 || (given.includes('--cpu') && given.includes('--gpu'))) {
    const what = unknown.length > 0 ? `unknown option ${unknown.join(' ')}` : '--cpu and --gpu exclude each other';
    throw Object.assign(new Error(`${what}; set-up takes --gpu or --cpu, --cluster and --images`), { name: 'BadOption' });
  }
  const kind = (['cpu', 'gpu'] as const).find((name) => given.includes(`--${name}`));
  return { kind, cluster: given.includes('--cluster'), images: given.includes('--images') };
}
