/** Puts libtensorflow under tfjs: wheel, addon, a per-user cache, and links from node_modules into it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { compileAddon } from './addon.ts';
import { patchDigest } from './addon-patch.ts';
import type { Say } from './command.ts';
import { addonFile, libraryFiles, tfjsFolder } from './layout.ts';
import { fetchWheel, type Wheel } from './wheel.ts';

export type Kind = 'cpu' | 'gpu';

export interface TensorflowInstall {
  /** `undefined` keeps the kind that is installed, and takes the CPU build where none is. */
  readonly kind: Kind | undefined;
  /** The per-user cache; libtensorflow takes 0.9 GB of it, the GPU build 1.3 GB. */
  readonly cacheFolder: string;
  readonly say: Say;
}

/** libtensorflow is published for Linux on x86-64 only. */
class PlatformUnsupported extends Error {
  override readonly name = 'PlatformUnsupported';
}

const version = '2.21.0';
export const installedFiles = [...libraryFiles, addonFile];
const wheels: Readonly<Record<Kind, Wheel>> = {
  cpu: wheelOf('cpu', 274),
  gpu: wheelOf('gpu', 572),
};

function wheelOf(kind: Kind, megabytes: number): Wheel {
  return {
    requirements: path.join(import.meta.dirname, `requirements-${kind}.txt`),
    name: `libtensorflow ${version} (${kind})`,
    megabytes,
    contents: [
      'tensorflow/libtensorflow_cc.so.2',
      'tensorflow/libtensorflow_framework.so.2',
      ...['tensorflow/c/', 'tensorflow/core/platform/ctstring', 'tsl/platform/ctstring', 'xla/tsl/c/'].map(
        (headers) => `tensorflow/include/${headers}`,
      ),
    ],
  };
}

/**
 * Does nothing where it is done. @returns what node_modules now links to
 * @throws {PlatformUnsupported | ToolMissing | CommandFailed}
 */
export async function installTensorflow({ kind = installedKind() ?? 'cpu', cacheFolder, say }: TensorflowInstall): Promise<Kind> {
  const cached = await fetchTensorflow({ kind, cacheFolder, say });
  for (const file of installedFiles) link(path.join(cached, file), path.join(tfjsFolder, file));
  return kind;
}

/** The same without the links. @returns the folder in the cache that holds `installedFiles` */
export async function fetchTensorflow({ kind, cacheFolder, say }: TensorflowInstall & { readonly kind: Kind }): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new PlatformUnsupported(
      `libtensorflow ${version} is published for Linux on x64; this is ${process.platform} on ${process.arch}: use a Linux machine or container`,
    );
  }
  const cached = path.join(cacheFolder, 'tensorflow', `${version}-${kind}-tfjs-${tfjsVersion()}-${patchDigest}`);
  if (!existsSync(cached)) await fillCache(kind, cached, say);
  return cached;
}

/** Built in a folder beside and renamed, so the cache holds it whole or not at all. */
async function fillCache(kind: Kind, cached: string, say: Say): Promise<void> {
  mkdirSync(path.dirname(cached), { recursive: true });
  const work = mkdtempSync(`${cached}.`);
  try {
    await fetchWheel(wheels[kind], work, say);
    const whole = path.join(work, 'whole');
    for (const file of libraryFiles) {
      mkdirSync(path.dirname(path.join(whole, file)), { recursive: true });
      renameSync(path.join(work, 'tensorflow', path.basename(file)), path.join(whole, file));
    }
    await compileAddon({ folder: whole, headers: path.join(work, 'tensorflow/include'), sources: path.join(work, 'binding'), say });
    moveUnlessThere(whole, cached);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Another set-up may have been faster: its result is as good. */
function moveUnlessThere(folder: string, target: string): void {
  try {
    renameSync(folder, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}

/** In one step, so that a program that loads the library meanwhile finds the old one or the new one. */
function link(target: string, file: string): void {
  if (linkTarget(file) === target) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  symlinkSync(target, fresh);
  renameSync(fresh, file);
}

function linkTarget(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined; // not there, or a file of its own
  }
}

function installedKind(): Kind | undefined {
  const target = linkTarget(path.join(tfjsFolder, addonFile));
  if (target === undefined) return undefined;
  return target.includes(`/${version}-gpu-`) ? 'gpu' : 'cpu';
}

const tfjsVersion = (): string =>
  (JSON.parse(readFileSync(path.join(tfjsFolder, 'package.json'), 'utf8')) as { readonly version: string }).version;
