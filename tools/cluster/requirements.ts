/** What a cluster needs of this machine. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { run, type Say } from '../../trainer/native/command.ts';

/** A file of each Debian package, by which it is known to be there. */
const packages: Readonly<Record<string, string>> = {
  busybox: 'busybox-static',
  conntrack: 'conntrack',
  containerd: 'containerd',
  ip: 'iproute2',
  iptables: 'iptables',
  nft: 'nftables',
  nsenter: 'util-linux',
  openssl: 'openssl',
  runc: 'runc',
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
};

const searched = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

const isThere = (file: string): boolean => searched.some((folder) => existsSync(path.resolve(folder, file)));

const missingPackages = (): readonly string[] =>
  Object.entries(packages)
    .filter(([file]) => !isThere(file))
    .map(([, name]) => name);

/** Why no cluster can run on this machine, as a sentence to print; nothing if one can, perhaps after `installPackages`. */
export function whyNoCluster(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'a cluster of our own needs Linux on x86-64';
  if (process.getuid?.() !== 0) return 'a cluster of our own needs root';
  const missing = missingPackages();
  if (missing.length > 0 && !isThere('apt-get')) return `a cluster of our own needs ${missing.join(', ')}, as Debian packages them`;
  return undefined;
}

/** With Debian's package manager, those that are not there. */
export async function installPackages(say: Say): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  say(`installing Debian packages: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run({ doing: 'apt-get update', program: 'apt-get', args: ['update'], env, say });
  const args = ['install', '--yes', '--no-install-recommends', ...missing];
  await run({ doing: 'apt-get install', program: 'apt-get', args, env, say });
}
