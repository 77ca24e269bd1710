/** The folder from which images are built: for each, its npm packages and its source, without what no program reads. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { run, type Say } from '../../trainer/native/command.ts';
import { fetchTensorflow, installedFiles, type Kind } from '../../trainer/native/install.ts';
import { writeWorkflowBundle } from '../workflow-bundle.ts';
import { contentsOf } from './contents.ts';

export const targets = ['worker', 'trainer'] as const;
export type Target = (typeof targets)[number];

/** What is started, or read by name, in each. */
const entries: Readonly<Record<Target, readonly string[]>> = {
  worker: ['package.json', 'LICENSE', 'cli/main.ts', 'workflows/index.ts', 'tools/bundle-workflows.ts'],
  trainer: ['package.json', 'LICENSE', 'trainer/main.ts', 'trainer/training-process.ts'],
};

const project = path.join(import.meta.dirname, '../..');

/** Packages that the programs in images never load: only types, or the compiler of workflows. */
const unused = [/^@types\//, /^@webgpu\/types$/, /^undici-types$/, /^@swc\/core/];

/** Files that no program reads, by their path in a package. */
const unread = [/\.(map|md|markdown|flow|d\.ts|d\.mts|d\.cts)$/, /(^|\/)(test|tests|__tests__|example|examples|docs|\.github)\//];

/** The same for single packages: builds for browsers, sources of native code, and binaries for other systems. */
const unreadIn: Readonly<Record<string, RegExp>> = {
  '@tensorflow/tfjs': /^dist\/(?!tf\.node\.js$|.*package\.json$)/,
  '@tensorflow/tfjs-backend-webgl': /^(dist\/(?!tf-backend-webgl\.node\.js$)|src\/|scripts\/)/,
  '@tensorflow/tfjs-converter': /^(dist\/(?!tf-converter\.node\.js$)|src\/|scripts\/)/,
  '@tensorflow/tfjs-data': /^(dist\/(?!tf-data\.node\.js$)|src\/|scripts\/)/,
  '@tensorflow/tfjs-layers': /^(dist\/(?!tf-layers\.node\.js$)|src\/|scripts\/)/,
  '@tensorflow/tfjs-core': /^(dist\/.*(fesm|es2017|min|miniprogram|tf-core\.js)|src\/|scripts\/)/,
  '@tensorflow/tfjs-backend-cpu': /^(dist\/.*(fesm|es2017|min|miniprogram|tf-backend-cpu\.js)|src\/|scripts\/)/,
  '@tensorflow/tfjs-node-gpu': /^(binding|src|scripts|deps|lib)\//, // libtensorflow and the addon have a layer of their own
  '@temporalio/core-bridge': /^(releases\/(?!x86_64-unknown-linux-gnu\/)|sdk-core|src|ts|bridge-macros|Cargo|scripts)/,
};

/**
 * Writes what the Containerfile copies into the image of a target.
 * @returns a digest of it: the same whenever the content is
 */
export async function writeContext({ context, target, kind, withNode, cacheFolder, say }: ContextOptions): Promise<string> {
  const { files, packages } = contentsOf(project, entries[target]);
  const source = path.join(context, target, 'source');
  rmSync(source, { recursive: true, force: true });
  for (const file of files) copy(path.join(project, file), path.join(source, file));
  if (target === 'worker') await writeWorkflowBundle(path.join(source, 'workflows/bundle.js')); // for cli/worker.ts, so that the image needs no compiler
  settle(source);

  const lock = digest(readFileSync(path.join(project, 'package-lock.json')), readFileSync(import.meta.filename), [...packages].join());
  const keys = [
    await once(path.join(context, target, 'packages'), lock, (folder) => {
      for (const installed of packages) copyPackage(installed, path.join(folder, installed));
    }),
    await once(path.join(context, 'node'), withNode ? process.version : 'none', (folder) => {
      if (withNode) copy(realpathSync(process.execPath), path.join(folder, 'usr/local/bin/node'));
    }),
  ];
  if (target === 'trainer') {
    const fetched = await fetchTensorflow({ kind, cacheFolder, say });
    const strip = (folder: string): Promise<void> =>
      stripTensorflow(fetched, path.join(folder, 'node_modules/@tensorflow/tfjs-node-gpu'), say);
    keys.push(await once(path.join(context, `tensorflow-${kind}`), path.basename(fetched), strip));
  }
  const contents = [...files].toSorted().flatMap((file) => [file, readFileSync(path.join(source, file))]);
  return digest(...keys, ...contents, readFileSync(containerfile));
}

export interface ContextOptions {
  readonly context: string;
  readonly target: Target;
  /** libtensorflow's build. */
  readonly kind: Kind;
  /** For a base that has no Node. */
  readonly withNode: boolean;
  readonly cacheFolder: string;
  readonly say: Say;
}

export const containerfile = path.join(import.meta.dirname, 'Containerfile');

const digest = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`\n${part.length}\n`).update(part);
  return hash.digest('hex');
};

/** Fills a folder anew, unless it holds what this key stands for. @returns the key */
async function once(folder: string, key: string, fill: (folder: string) => void | Promise<void>): Promise<string> {
  const stamp = `${folder}.key`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return key;
  rmSync(stamp, { force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await fill(folder);
  settle(folder);
  writeFileSync(stamp, key);
  return key;
}

function copyPackage(installed: string, to: string): void {
  const name = installed.slice(installed.lastIndexOf('node_modules/') + 'node_modules/'.length);
  if (unused.some((pattern) => pattern.test(name))) return;
  const from = path.join(project, installed);
  const skipped = [...unread, ...(unreadIn[name] === undefined ? [] : [unreadIn[name]])];
  for (const file of globSync('**', { cwd: from, exclude: (entry) => entry === 'node_modules' })) {
    const source = path.join(from, file);
    if (statSync(source).isDirectory() || skipped.some((pattern) => pattern.test(file))) continue;
    copy(source, path.join(to, file));
  }
}

/** libtensorflow and the addon, without the symbols that only a debugger reads. */
async function stripTensorflow(fetched: string, folder: string, say: Say): Promise<void> {
  for (const file of installedFiles) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    const args = ['--strip-unneeded', '-o', target, path.join(fetched, file)];
    await run({ doing: `stripping ${path.basename(file)}`, program: 'strip', args, say });
  }
}

function copy(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
}

/** Same content, same layer: times and rights are those of no machine in particular. */
function settle(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const runs = entry.isDirectory() || (statSync(file).mode & 0o100) !== 0;
    chmodSync(file, runs ? 0o755 : 0o644);
    utimesSync(file, 0, 0);
  }
  utimesSync(folder, 0, 0);
}
