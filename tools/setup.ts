/** What npm cannot bring: libtensorflow, the example's model and data, and the servers. Each step does nothing where it is done. */
import { CommandFailed } from '../trainer/native/command.ts';
import { installTensorflow, type Kind } from '../trainer/native/install.ts';
import { ensureData } from './datasets/example-data.ts';
import { cacheFolder } from './folders.ts';
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
  const kind = await installTensorflow({ kind: wantedKind(process.argv.slice(2)), cacheFolder: cache, say });
  if (kind === 'gpu') say('libtensorflow: GPU build; it needs an NVIDIA driver and the libraries of CUDA 12 and cuDNN 9 on this machine');
  await ensureModel({ cacheFolder: cache, say });
  ensureData({ cacheFolder: cache, say });
  for (const server of [temporal, versitygw]) await findBinary(server, { env: process.env, say });
} catch (error) {
  const known =
    error instanceof CommandFailed || ['ToolMissing', 'BinaryMissing', 'PlatformUnsupported', 'BadOption'].includes((error as Error).name);
  if (!known) throw error;
  console.error(`permafrost: ${interrupted ? 'stopped' : (error as Error).message}`);
  process.exitCode = interrupted ? 130 : 1; // as a shell reports an interrupt
}

/** `undefined` leaves the choice as it was. */
function wantedKind(options: readonly string[]): Kind | undefined {
  const kinds: Readonly<Record<string, Kind>> = { '--cpu': 'cpu', '--gpu': 'gpu' };
  const [option, ...more] = options;
  if (option === undefined) return undefined;
  const kind = kinds[option];
  if (kind === undefined || more.length > 0)
    throw Object.assign(new Error(`unknown option ${options.join(' ')}; set-up takes --gpu or --cpu`), { name: 'BadOption' });
  return kind;
}
