/** The programs of a cluster: how each is started. */
import path from 'node:path';
import type { ClientName } from './certificates.ts';
import { type ControlPlanePart, controlPlaneArguments } from './control-plane.ts';
import { playedKubeletPort, playedNodes } from './kwok.ts';
import type { Layout } from './layout.ts';
import type { Network } from './network.ts';
import { nodeName } from './node.ts';

export type PartName = ControlPlanePart | 'kube-scheduler' | 'containerd' | 'kubelet' | 'kube-proxy' | 'kwok';

/** Only inside the cluster's machine. */
export const etcdAddress = 'http://127.0.0.1:2379';

export const apiServerPort = 6443;

export function argumentsOf(part: PartName, layout: Layout, network: Network): readonly string[] {
  const { folder, certificates, config } = layout;
  const client = (name: ClientName): readonly string[] => ['--kubeconfig', path.join(certificates, `${name}.kubeconfig`)];
  const certificate = (file: string): string => path.join(certificates, file);
  const setting = (file: string): string => path.join(config, file);
  switch (part) {
    case 'etcd':
    case 'kube-apiserver':
    case 'kube-controller-manager':
      return controlPlaneArguments(part, layout, {
        etcd: etcdAddress,
        etcdPeers: 'http://127.0.0.1:2380',
        bind: '0.0.0.0',
        port: apiServerPort,
        advertise: network.nodeAddress, // loopback would leave the service `kubernetes` without an endpoint
        services: network.services,
      });
    case 'kube-scheduler':
      return ['--config', setting('kube-scheduler.yaml')];
    case 'containerd':
      return ['--config', setting('containerd.toml')];
    case 'kubelet':
      return [
        ...['--config', setting('kubelet.yaml'), ...client('kubelet')],
        ...['--root-dir', path.join(folder, 'kubelet')],
        ...['--hostname-override', nodeName, '--node-ip', network.nodeAddress],
      ];
    case 'kube-proxy':
      return ['--config', setting('kube-proxy.yaml')];
    case 'kwok':
      return [
        ...client('kwok'),
        ...['--config', setting('kwok.yaml'), '--manage-nodes-with-annotation-selector', playedNodes],
        ...['--server-address', `${network.nodeAddress}:${playedKubeletPort}`],
        ...['--tls-cert-file', certificate('kube-apiserver.crt'), '--tls-private-key-file', certificate('kube-apiserver.key')],
      ];
  }
}
