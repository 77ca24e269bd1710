import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../tools/folders.ts';

/** What a benchmark's peers need. */
export interface Peers {
  /** Of the folder that they are installed into; benchmarks with the same one share it. */
  readonly name: string;
  readonly packages: readonly string[];
  /** Modules that must load. */
  readonly modules: readonly string[];
}

/**
 * A Python with the peers' packages: PERMAFROST_BENCH_PYTHON if that is set, else one of our own, installed on first use.
 * @throws {Error} if there is no Python, or a package is missing or cannot be installed
 */
export function pythonWithPeers(env: NodeJS.ProcessEnv, { name, packages, modules }: Peers): string {
  const given = env.PERMAFROST_BENCH_PYTHON;
  if (given !== undefined) {
    run(given, '-W', 'ignore', '-c', `import ${modules.join(', ')}`);
    return given;
  }
  const folder = path.join(cacheFolder(env), name);
  const python = path.join(folder, 'bin', 'python');
  if (!existsSync(python)) run('python3', '-m', 'venv', folder);
  run(python, '-m', 'pip', 'install', '--quiet', ...packages);
  return python;
}

function run(command: string, ...args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status ?? error?.message}`);
}
