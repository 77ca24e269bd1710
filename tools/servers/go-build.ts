import { mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CommandFailed, run, type Say } from '../../trainer/native/command.ts';
import { type GoProgram, moduleFolder } from './catalogue.ts';

/** No program, and no way to build one. */
export class BinaryMissing extends Error {
  override readonly name = 'BinaryMissing';
}

interface Build {
  readonly env: NodeJS.ProcessEnv;
  readonly say: Say;
  readonly version: string;
  readonly target: string;
  /** What else than Go would do, as the end of a sentence: `, or put …`. */
  readonly otherWay: string;
}

/** Builds beside the target and renames, so that two builds at once and a broken one leave the cache whole. */
export async function buildWithGo(program: GoProgram, build: Build): Promise<void> {
  const { version, target, say } = build;
  const doing = `${program.name} ${version}: building`;
  const cwd = moduleFolder(program);
  const env = { ...build.env, CGO_ENABLED: '0', GOWORK: 'off' };
  await checkGo(program, { ...build, env }, cwd);

  say(`${doing} with Go, once (${program.buildTakes})`);
  const unfinished = `${target}.${process.pid}`;
  mkdirSync(path.dirname(target), { recursive: true });
  const linker = ['-s -w', ...Object.entries(program.stamps(version)).map(([variable, value]) => `-X ${variable}=${value}`)].join(' ');
  const flags = ['-v', '-mod=readonly', '-buildvcs=false', '-trimpath', '-ldflags', linker];
  try {
    await run({
      doing,
      program: 'go',
      args: ['build', ...flags, '-o', unfinished, path.posix.join(program.module, program.package)],
      cwd,
      env,
      say,
      progress: (lines) => `, ${lines} modules fetched and packages built`, // what -v prints, a line each
    });
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Go itself refuses a module that needs a newer Go, or fetches one where it is set up to. */
async function checkGo({ name }: GoProgram, { version, env, say, otherWay }: Build, cwd: string): Promise<void> {
  try {
    await run({ doing: `${name}: looking for Go`, program: 'go', args: ['list', '-m'], cwd, env, say });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    const found = error.notFound ? 'Go is not installed' : `Go cannot build it (${error.message})`;
    throw new BinaryMissing(`${name} ${version} is not there, and ${found}. Install Go 1.26.4 or later${otherWay}`, { cause: error });
  }
}
