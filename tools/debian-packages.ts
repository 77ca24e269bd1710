/** Debian packages that the set-up needs, by a file of each by which it is known to be there. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { run, type Say } from '../trainer/native/command.ts';

/** A program's name or a path → the package that holds it. */
export type Packages = Readonly<Record<string, string>>;

const searched = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

const isThere = (file: string): boolean => searched.some((folder) => existsSync(path.resolve(folder, file)));

/** Why they can neither be used nor installed; nothing if they can. */
export function whyNot(packages: Packages): string | undefined {
  const missing = missingOf(packages);
  if (missing.length === 0 || (isThere('apt-get') && process.getuid?.() === 0)) return undefined;
  return `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed (the names are those of Debian's packages)`;
}

/** With Debian's package manager, as root. Does nothing where all are there. */
export async function installPackages(packages: Packages, say: Say): Promise<void> {
  const missing = missingOf(packages);
  if (missing.length === 0) return;
  say(`installing Debian packages: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run({ doing: 'apt-get update', program: 'apt-get', args: ['update'], env, say });
  const args = ['install', '--yes', '--no-install-recommends', ...missing];
  await run({ doing: 'apt-get install', program: 'apt-get', args, env, say });
}

const missingOf = (packages: Packages): readonly string[] =>
  Object.entries(packages)
    .filter(([file]) => !isThere(file))
    .map(([, name]) => name);
