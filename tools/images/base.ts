/** The image that the others start from. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CommandFailed, run, type Say } from '../../trainer/native/command.ts';
import type { Builder } from './builder.ts';

/** Holds Node already. */
export const nodeImage = 'docker.io/library/node:24.21.0-bookworm-slim';
const debianImage = 'localhost/permafrost/debian:bookworm';

/**
 * The wanted base, or Node's own image, or, where no registry answers, a Debian made here by debootstrap.
 * @returns its name
 */
export async function ensureBase(builder: Builder, wanted: string | undefined, cacheFolder: string, say: Say): Promise<string> {
  const image = wanted ?? nodeImage;
  if (await builder.has(image)) return image;
  if (wanted === undefined && (await builder.has(debianImage))) return debianImage;
  try {
    await builder.pull(image);
    return image;
  } catch (error) {
    if (wanted !== undefined || !(error instanceof CommandFailed)) throw error;
    say(`${image} cannot be had here; making a Debian base instead (about a minute)`);
    await builder.importRoot(await debootstrap(cacheFolder, say), debianImage);
    return debianImage;
  }
}

/** @returns a tar file with a Debian that has nothing but what Node and TensorFlow load */
async function debootstrap(cacheFolder: string, say: Say): Promise<string> {
  const tar = path.join(cacheFolder, 'images', 'debian-bookworm.tar');
  if (existsSync(tar)) return tar;
  mkdirSync(path.dirname(tar), { recursive: true });
  const folder = mkdtempSync(`${tar}.`);
  const root = path.join(folder, 'root');
  try {
    const options = ['--variant=minbase', '--include=ca-certificates,libstdc++6', 'bookworm', root];
    await run({ doing: 'debootstrap', program: 'debootstrap', args: options, say, progress: (lines) => `, ${lines} steps` });
    // What belongs to this machine, and what only a package manager or a reader needs.
    const unwanted = ['etc/hostname', 'etc/resolv.conf', 'etc/apt/sources.list', 'var/cache/apt', 'var/lib/apt/lists', 'var/log'];
    for (const name of [...unwanted, 'usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/info', 'proc', 'sys', 'dev']) {
      rmSync(path.join(root, name), { recursive: true, force: true });
    }
    for (const mount of ['proc', 'sys', 'dev']) mkdirSync(path.join(root, mount));
    await run({
      doing: 'packing the base',
      program: 'tar',
      args: ['-C', root, '--numeric-owner', '-cf', path.join(folder, 'root.tar'), '.'],
      say,
    });
    renameSync(path.join(folder, 'root.tar'), tar);
    return tar;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
