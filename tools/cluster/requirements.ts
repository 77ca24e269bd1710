import { type Packages, whyNot } from '../debian-packages.ts';

/** What a cluster runs on. */
export const clusterPackages: Packages = {
  '/var/lib/dpkg/info/busybox-static.list': 'busybox-static', // its program alone could be one that is not static
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
  conntrack: 'conntrack',
  containerd: 'containerd',
  ip: 'iproute2',
  iptables: 'iptables',
  nft: 'nftables',
  nsenter: 'util-linux',
  openssl: 'openssl',
  runc: 'runc',
};

/** Why no cluster of our own can run on this machine; nothing if one can, once its packages are installed. */
export function whyNoCluster(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'a cluster of our own needs Linux on x86-64';
  if (process.getuid?.() !== 0) return 'a cluster of our own needs root';
  const why = whyNot(clusterPackages);
  return why && `no cluster of our own: ${why}`;
}
