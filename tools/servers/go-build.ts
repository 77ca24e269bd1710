import { mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CommandFailed, run, type Say } from '../../trainer/native/command.ts';
import { moduleFolder, pinnedVersion, type ServerBinary } from './catalogue.ts';

/** No program, and no way to build one. */
export class BinaryMissing extends Error {
  override readonly name = 'BinaryMissing';
}

interface Build {
  readonly env: NodeJS.ProcessEnv;
  readonly say: Say;
  readonly version: string;
  readonly target: string;
}

/** Builds beside the target and renames, so that two builds at once and a broken one leave the cache whole. */
export async function buildWithGo(binary: ServerBinary, { version, target, env, say }: Build): Promise<void> {
  const doing = `${binary.name} ${version}: building`;
  const cwd = moduleFolder(binary);
  const goEnv = { ...env, CGO_ENABLED: '0', GOWORK: 'off' };
  await checkGo(binary, goEnv, cwd, say);

  say(`${doing} with Go, once (${binary.buildTakes})`);
  const unfinished = `${target}.${process.pid}`;
  mkdirSync(path.dirname(target), { recursive: true });
  const flags = ['-v', '-mod=readonly', '-buildvcs=false', '-trimpath', '-ldflags', `-s -w -X ${binary.versionVariable}=${version}`];
  try {
    await run({
      doing,
      program: 'go',
      args: ['build', ...flags, '-o', unfinished, `${binary.module}/${binary.package}`],
      cwd,
      env: goEnv,
      say,
      progress: (lines) => `, ${lines} modules fetched and packages built`, // what -v prints, a line each
    });
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Go itself refuses a module that needs a newer Go, or fetches one where it is set up to. */
async function checkGo(binary: ServerBinary, env: NodeJS.ProcessEnv, cwd: string, say: Say): Promise<void> {
  try {
    await run({ doing: `${binary.name}: looking for Go`, program: 'go', args: ['list', '-m'], cwd, env, say });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    const found = error.notFound ? 'Go is not installed' : `Go cannot build it (${error.message})`;
    const wanted = pinnedVersion(binary);
    throw new BinaryMissing(
      `${binary.name} ${wanted} is neither on PATH nor in the cache, and ${found}. Install Go 1.26.4 or later, or put ${binary.name} ${wanted} on PATH or its path into ${binary.variable}`,
      { cause: error },
    );
  }
}
