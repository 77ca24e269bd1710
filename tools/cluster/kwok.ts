/** Nodes that are only played, by KWOK as `kwok.yaml` says: no process runs on them. */

/** The taint that pods there must tolerate, and the annotation by which KWOK knows its nodes. */
const played = { key: 'kwok.x-k8s.io/node', value: 'fake' } as const;

export const playedNodes = `${played.key}=${played.value}`;

const capacity = { cpu: '64', memory: '512Gi', pods: '110', 'nvidia.com/gpu': '8' } as const;

export function kwokNodes(count: number): readonly unknown[] {
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `kwok-${index}`,
      annotations: { [played.key]: played.value },
      labels: { type: 'kwok', 'kubernetes.io/hostname': `kwok-${index}` },
    },
    spec: { taints: [{ ...played, effect: 'NoSchedule' }] },
    status: { capacity, allocatable: capacity },
  }));
}
