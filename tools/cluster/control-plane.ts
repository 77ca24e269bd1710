/** Settings of the control plane. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Layout } from './layout.ts';

export type ControlPlanePart = 'etcd' | 'kube-apiserver' | 'kube-controller-manager';

export interface ControlPlaneAddresses {
  /** Where etcd listens for clients, and for other etcds, of which there are none. */
  readonly etcd: string;
  readonly etcdPeers: string;
  /** Where the API server listens. */
  readonly bind: string;
  readonly port: number;
  /** The address that it tells others. */
  readonly advertise: string;
  /** Block of the addresses of services. */
  readonly services: string;
}

/** How a part of it is started. */
export function controlPlaneArguments(
  part: ControlPlanePart,
  { folder, certificates, config, auditLog }: Layout,
  { etcd, etcdPeers, bind, port, advertise, services }: ControlPlaneAddresses,
): readonly string[] {
  const certificate = (file: string): string => path.join(certificates, file);
  switch (part) {
    case 'etcd':
      return [
        ...['--data-dir', path.join(folder, 'etcd')],
        ...['--listen-client-urls', etcd, '--advertise-client-urls', etcd],
        ...['--listen-peer-urls', etcdPeers, '--initial-advertise-peer-urls', etcdPeers, '--initial-cluster', `default=${etcdPeers}`],
        '--unsafe-no-fsync', // for tests and laptops: what it holds is not worth waiting for the disk
      ];
    case 'kube-apiserver':
      return [
        ...['--etcd-servers', etcd],
        ...['--bind-address', bind, '--secure-port', `${port}`, '--advertise-address', advertise],
        ...['--service-cluster-ip-range', services],
        ...['--kubelet-preferred-address-types', 'InternalIP'], // the node's name does not resolve
        ...['--tls-cert-file', certificate('kube-apiserver.crt'), '--tls-private-key-file', certificate('kube-apiserver.key')],
        ...['--client-ca-file', certificate('ca.crt')],
        ...['--kubelet-client-certificate', certificate('admin.crt'), '--kubelet-client-key', certificate('admin.key')],
        ...['--service-account-issuer', 'https://kubernetes.default.svc'],
        ...['--service-account-key-file', certificate('sa.pub'), '--service-account-signing-key-file', certificate('sa.key')],
        ...['--authorization-mode', 'Node,RBAC', '--allow-privileged'],
        ...['--enable-admission-plugins', 'OwnerReferencesPermissionEnforcement'], // OpenShift has it: what works here works there
        ...['--audit-policy-file', path.join(config, 'audit-policy.yaml'), '--audit-log-path', auditLog],
      ];
    case 'kube-controller-manager':
      return [
        ...['--kubeconfig', certificate('kube-controller-manager.kubeconfig'), '--secure-port', '0'],
        ...['--root-ca-file', certificate('ca.crt'), '--service-account-private-key-file', certificate('sa.key')],
        '--use-service-account-credentials',
        '--leader-elect=false',
        ...['--kube-api-qps', '500', '--kube-api-burst', '1000', '--concurrent-job-syncs', '20'], // the defaults make 4 Jobs per second
      ];
  }
}

/** Writes the files that its parts read. */
export function writeControlPlaneConfig({ config, certificates }: Layout): void {
  mkdirSync(config, { recursive: true });
  // Requests of users and of pods, one line each; what the cluster's own programs ask is left out.
  const own = {
    level: 'None',
    users: ['system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler', 'system:kube-proxy', 'kwok'],
  };
  const ownGroups = { level: 'None', userGroups: ['system:nodes', 'system:serviceaccounts:kube-system'] };
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [own, ownGroups, { level: 'Metadata' }],
  };
  writeFileSync(path.join(config, 'audit-policy.yaml'), JSON.stringify(policy));
  writeFileSync(
    path.join(config, 'kube-scheduler.yaml'),
    JSON.stringify({
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      leaderElection: { leaderElect: false },
      clientConnection: { kubeconfig: path.join(certificates, 'kube-scheduler.kubeconfig'), qps: 500, burst: 1000 },
    }),
  );
}
