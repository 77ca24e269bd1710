/** The programs of a cluster: how each is started. */
import path from 'node:path';
import type { ClientName } from './certificates.ts';
import { playedNodes } from './kwok.ts';
import type { Network } from './network.ts';
import { nodeName } from './node.ts';

export type PartName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'containerd'
  | 'kubelet'
  | 'kube-proxy'
  | 'kwok';

export interface Layout {
  readonly folder: string;
  readonly certificates: string;
  readonly config: string;
  /** Requests to the API server, one line of JSON each. */
  readonly auditLog: string;
}

export function layoutOf(folder: string): Layout {
  return {
    folder,
    certificates: path.join(folder, 'certificates'),
    config: path.join(folder, 'config'),
    auditLog: path.join(folder, 'logs', 'audit.log'),
  };
}

/** Only inside the cluster's machine. */
export const etcdAddress = 'http://127.0.0.1:2379';

export function argumentsOf(part: PartName, { folder, certificates, config, auditLog }: Layout, network: Network): readonly string[] {
  const certificate = (file: string): string => path.join(certificates, file);
  const client = (name: ClientName): readonly string[] => ['--kubeconfig', certificate(`${name}.kubeconfig`)];
  const setting = (file: string): string => path.join(config, file);
  switch (part) {
    case 'etcd':
      return [
        ...['--data-dir', path.join(folder, 'etcd')],
        ...['--listen-client-urls', etcdAddress, '--advertise-client-urls', etcdAddress],
        ...['--listen-peer-urls', 'http://127.0.0.1:2380'],
        '--unsafe-no-fsync', // for tests and laptops: what it holds is not worth waiting for the disk
      ];
    case 'kube-apiserver':
      return [
        ...['--etcd-servers', etcdAddress],
        ...['--advertise-address', network.nodeAddress], // loopback would leave the service `kubernetes` without an endpoint
        ...['--service-cluster-ip-range', network.services],
        ...['--kubelet-preferred-address-types', 'InternalIP'], // the node's name does not resolve
        ...['--tls-cert-file', certificate('kube-apiserver.crt'), '--tls-private-key-file', certificate('kube-apiserver.key')],
        ...['--client-ca-file', certificate('ca.crt')],
        ...['--kubelet-client-certificate', certificate('admin.crt'), '--kubelet-client-key', certificate('admin.key')],
        ...['--service-account-issuer', 'https://kubernetes.default.svc'],
        ...['--service-account-key-file', certificate('sa.pub'), '--service-account-signing-key-file', certificate('sa.key')],
        ...['--authorization-mode', 'Node,RBAC', '--allow-privileged'],
        ...['--audit-policy-file', setting('audit-policy.yaml'), '--audit-log-path', auditLog],
      ];
    case 'kube-controller-manager':
      return [
        ...client('kube-controller-manager'),
        ...['--root-ca-file', certificate('ca.crt'), '--service-account-private-key-file', certificate('sa.key')],
        '--use-service-account-credentials',
        '--leader-elect=false',
        ...['--kube-api-qps', '500', '--kube-api-burst', '1000', '--concurrent-job-syncs', '20'], // the defaults make 4 Jobs per second
      ];
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
      return [...client('kwok'), '--config', setting('kwok.yaml'), '--manage-nodes-with-annotation-selector', playedNodes];
  }
}
