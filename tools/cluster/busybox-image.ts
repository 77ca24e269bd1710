/** The image of one static program with a shell, written as `docker save` would. */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { command } from './command.ts';

const program = '/usr/bin/busybox'; // of the package busybox-static

/** It sleeps unless told otherwise. */
export async function writeBusyboxImage(file: string, name: string): Promise<void> {
  const folder = mkdtempSync(`${file}.`);
  try {
    const root = path.join(folder, 'root');
    for (const made of ['bin', 'tmp']) mkdirSync(path.join(root, made), { recursive: true });
    copyFileSync(program, path.join(root, 'bin/busybox'));
    for (const applet of (await command(program, '--list')).trim().split('\n')) {
      if (applet !== 'busybox') symlinkSync('busybox', path.join(root, 'bin', applet));
    }
    const layer = path.join(folder, 'layer.tar');
    await command('tar', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '-C', root, '-cf', layer, '.');
    const config = JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Entrypoint: ['/bin/sleep', '2147483647'], Env: ['PATH=/bin'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(readFileSync(layer)).digest('hex')}`] },
    });
    const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
    writeFileSync(path.join(folder, 'config.json'), config);
    writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
    await command('tar', '-C', folder, '-cf', path.join(folder, 'image.tar'), 'manifest.json', 'config.json', 'layer.tar');
    renameSync(path.join(folder, 'image.tar'), file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
