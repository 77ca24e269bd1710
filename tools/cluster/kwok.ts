/** Nodes that are only played, by KWOK as `kwok.yaml` says: no process runs on them. */
import type { Network } from './network.ts';

/** The taint that pods there must tolerate, and the annotation by which KWOK knows its nodes. */
const played = { key: 'kwok.x-k8s.io/node', value: 'fake' } as const;

export const playedNodes = `${played.key}=${played.value}`;

const capacity = { cpu: '64', memory: '512Gi', pods: '110', 'nvidia.com/gpu': '8' } as const;

/** Where KWOK answers for the kubelets of its nodes. It has no logs, and says so at once. */
export const playedKubeletPort = 10_247;

export function kwokNodes(count: number, { nodeAddress }: Network): readonly unknown[] {
  const addresses = [{ type: 'InternalIP', address: nodeAddress }];
  const daemonEndpoints = { kubeletEndpoint: { Port: playedKubeletPort } };
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `kwok-${index}`,
      annotations: { [played.key]: played.value },
      labels: { type: 'kwok', 'kubernetes.io/hostname': `kwok-${index}` },
    },
    spec: { taints: [{ ...played, effect: 'NoSchedule' }] },
    status: { capacity, allocatable: capacity, addresses, daemonEndpoints },
  }));
}
