/** A test system whose worker runs trials as pods of a real cluster. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { busyboxImage } from '../tools/cluster/node.ts';
import { openTestCluster, type TestCluster } from '../tools/cluster/test-cluster.ts';
import { processes } from './processes.ts';
import { startTestSystem, type TestSystem } from './system.ts';

export interface ClusterSystem extends TestSystem {
  readonly cluster: TestCluster;
  /** kubectl in the namespace of the tests. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** Asks for the end of a pod as a drained node does. */
  evict(pod: string): Promise<string>;
  /** What kubectl gives as JSON. */
  objects<T = KubernetesObject>(...args: readonly string[]): Promise<readonly T[]>;
}

export interface KubernetesObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly creationTimestamp: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly nodeName?: string; readonly suspend?: boolean };
  readonly status: { readonly phase?: string };
}

const exampleTrainer = path.join(import.meta.dirname, '../examples/python-trainer/trainer.py');
/** Of the Secret with the keys of the S3 server. */
export const secretName = 's3';

/** What pods of the Python example trainer need in their namespace: its program and the keys. */
export function trainerObjects(
  namespace: string,
  { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }: Readonly<Record<string, string>>,
): readonly object[] {
  const data = { 'trainer.py': readFileSync(exampleTrainer, 'utf8') };
  const stringData = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'trainer', namespace }, data },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: secretName, namespace }, stringData },
  ];
}

export async function startClusterSystem(): Promise<ClusterSystem> {
  const cluster = await openTestCluster();
  const kubectl = (...args: readonly string[]) => cluster.kubectl('--namespace', cluster.namespace, ...args);
  const context = (await kubectl('config', 'current-context')).trim();
  const system = await startTestSystem({
    listenAddress: cluster.hostAddress,
    workerVariables: { KUBECONFIG: cluster.kubeconfig, KUBERNETES_CONTEXT: context, KUBERNETES_NAMESPACE: cluster.namespace },
  });
  await cluster.apply(...trainerObjects(cluster.namespace, system.s3.environment));
  return {
    ...system,
    cluster,
    kubectl,
    async evict(pod) {
      const file = path.join(system.s3.folder, `${pod}.json`);
      writeFileSync(
        file,
        JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace: cluster.namespace } }),
      );
      return kubectl('create', '--raw', `/api/v1/namespaces/${cluster.namespace}/pods/${pod}/eviction`, '--filename', file);
    },
    objects: async (...args) => (JSON.parse(await kubectl('get', ...args, '--output=json')) as { items: never[] }).items,
    async close() {
      await system.close();
      await cluster.remove();
    },
  };
}

/** A pod in which a shell runs instead of a trainer. */
export const shell = (script: string): Readonly<Record<string, unknown>> => ({ image: busyboxImage, command: ['sh', '-c', script] });

/** A pod in which the Python example trainer runs, with the Python of this machine. */
export function pythonTrainer(): Readonly<Record<string, unknown>> {
  const [program, home] = execFileSync('python3', ['-c', 'import sys; print(sys.executable); print(sys.base_prefix)'], {
    encoding: 'utf8',
  }).split('\n');
  const folders = [...new Set(['/usr', '/lib', '/lib64', home!])];
  const volumes = [
    ...folders.map((folder, i) => ({ name: `host-${i}`, hostPath: { path: folder } })),
    { name: 'trainer', configMap: { name: 'trainer' } },
  ];
  const volumeMounts = [
    ...folders.map((mountPath, i) => ({ name: `host-${i}`, mountPath, readOnly: true })),
    { name: 'trainer', mountPath: '/trainer' },
  ];
  return {
    image: busyboxImage,
    command: [program, '/trainer/trainer.py'],
    resources: { limits: { 'nvidia.com/gpu': 1 } },
    podTemplate: {
      spec: {
        securityContext: { runAsNonRoot: false, runAsUser: 0 }, // that Python may lie in the folder of this machine's root
        containers: [{ name: 'trainer', volumeMounts }],
        volumes,
      },
    },
  };
}

/** By the sweep's folder: the processes in its pods, as this machine sees them. */
export const trainersOf = (folder: string): readonly number[] =>
  processes()
    .filter(
      ({ name, variables }) => name.startsWith('python') && variables.some((variable) => variable.startsWith(`PERMAFROST_TRIAL=${folder}`)),
    )
    .map(({ pid }) => pid);

/** Selects what belongs to a sweep. */
export const sweepLabel = (id: string): string => `permafrost.dev/sweep=${id.split('.').slice(1).join('-')}`;
