/** The servers' programs: one that is there already, or one built with Go from the module pinned in this folder. */
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { run, type Say } from '../../trainer/native/command.ts';
import { cacheFolder } from '../folders.ts';
import { type GoProgram, pinnedVersion, type ServerBinary } from './catalogue.ts';
import { BinaryMissing, buildWithGo } from './go-build.ts';

export interface FoundBinary {
  readonly path: string;
  readonly from: 'variable' | 'path' | 'cache' | 'build';
}

interface Search {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: Say;
}

/**
 * In this order: the explicit variable, `PATH` if the version fits, the cache, a build into the cache.
 * @throws {BinaryMissing} naming the wrong variable, or both ways out
 */
export async function findBinary(binary: ServerBinary, search: Search = { env: process.env, say: console.error }): Promise<FoundBinary> {
  const { env, say } = search;
  const named = env[binary.variable];
  if (named !== undefined && named !== '') return { path: checkNamed(binary, named), from: 'variable' };

  const version = pinnedVersion(binary);
  const onPath = findOnPath(binary.name, env.PATH ?? '');
  if (onPath !== undefined && (await fits(binary, onPath, version, say))) return { path: onPath, from: 'path' };
  return cachedOrBuilt(binary, search, `, or put ${binary.name} ${version} on PATH or its path into ${binary.variable}`);
}

/** The program in exactly its pinned version, from the cache or a build into it. @throws {BinaryMissing} */
export async function findPinned(program: GoProgram, search: Search): Promise<FoundBinary> {
  return cachedOrBuilt(program, search, '');
}

async function cachedOrBuilt(program: GoProgram, { env, say }: Search, otherWay: string): Promise<FoundBinary> {
  const version = pinnedVersion(program);
  const cached = path.join(cacheFolder(env), 'bin', `${program.name}-${version}`);
  if (existsSync(cached)) return { path: cached, from: 'cache' };
  await buildWithGo(program, { version, target: cached, env, say, otherWay });
  return { path: cached, from: 'build' };
}

function checkNamed({ variable }: ServerBinary, file: string): string {
  if (!isProgram(file)) throw new BinaryMissing(`${variable}=${file}: no such program; correct or unset the variable`);
  return path.resolve(file);
}

/** A newer minor or patch version will do. */
async function fits({ name, printedVersion }: ServerBinary, program: string, wanted: string, say: Say): Promise<boolean> {
  const printed = await run({ doing: `${name}: asking for its version`, program, args: ['--version'], say }).catch(() => '');
  const version = printedVersion.exec(printed)?.[1];
  if (version !== undefined && isCompatible(version, wanted)) return true;
  say(
    `${name}: ${program} is ${version === undefined ? 'of no known version' : `version ${version}`}, not used: ${wanted} or a later ${wanted.split('.')[0]}.x is needed`,
  );
  return false;
}

/** Same major version, and at least the wanted one. */
export function isCompatible(version: string, wanted: string): boolean {
  const [major, minor, patch] = numbersOf(version);
  const [wantedMajor, wantedMinor, wantedPatch] = numbersOf(wanted);
  return major === wantedMajor && (minor > wantedMinor || (minor === wantedMinor && patch >= wantedPatch));
}

const numbersOf = (version: string): [number, number, number] => {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  return [Number(major ?? NaN), Number(minor ?? NaN), Number(patch ?? NaN)]; // NaN is like nothing, so such a version never fits
};

function findOnPath(name: string, search: string): string | undefined {
  return search
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
