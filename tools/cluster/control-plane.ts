/** Settings of the control plane that are read from files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export function writeControlPlaneConfig(folder: string, certificates: string): void {
  mkdirSync(folder, { recursive: true });
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
  writeFileSync(path.join(folder, 'audit-policy.yaml'), JSON.stringify(policy));
  writeFileSync(
    path.join(folder, 'kube-scheduler.yaml'),
    JSON.stringify({
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      leaderElection: { leaderElect: false },
      clientConnection: { kubeconfig: path.join(certificates, 'kube-scheduler.kubeconfig'), qps: 500, burst: 1000 },
    }),
  );
}
