import os from 'node:os';
import path from 'node:path';
import { type Cluster, type ClusterOptions, connectCluster } from '../k8s/client/cluster.ts';
import { isNotFound } from '../k8s/client/errors.ts';
import { jobs, secrets } from '../k8s/client/resource.ts';
import type { ObjectStore } from '../results/object-store.ts';
import { type KubernetesRunner, kubernetesRunner } from '../runners/kubernetes/kubernetes-runner.ts';
import type { RunningSystem } from './connection.ts';
import { CommandFailure, exitCodes } from './failure.ts';

/** Where trials run as pods. */
export interface KubernetesChoice {
  readonly cluster: Cluster;
  /** Of trials whose sweep names none. */
  readonly image: string | undefined;
  /** Of the Secret with keys for S3, of trials whose sweep names none. */
  readonly secretName?: string | undefined;
}

export interface OpenedRunner {
  readonly runner: KubernetesRunner;
  close(): Promise<void>;
}

/** A pod whose image or secret is missing has this long to get it. */
const startGraceSeconds = 120;

/**
 * Connects to the cluster that was asked for, and makes one small request, so that a wrong address, name or role is told at once.
 * @param context - of the kubeconfig; inside a cluster there may be none: it is that cluster then
 * @throws {CommandFailure} when no cluster was named; ContextNotFound, and the errors of the client
 */
export async function reachCluster(context: string | undefined, namespace: string): Promise<Cluster> {
  const hasty = connectTo(context, namespace, { patienceSeconds: 5 });
  await hasty.list(jobs, { limit: 1 });
  await hasty.close();
  return connectTo(context, namespace, { patienceSeconds: 60 });
}

/** The same without asking it anything. @throws {CommandFailure} when no cluster was named; ContextNotFound */
export function connectTo(
  context: string | undefined,
  namespace: string,
  options: Pick<ClusterOptions, 'patienceSeconds' | 'answerSeconds' | 'onRequest'>,
): Cluster {
  return connectCluster({ cluster: chosen(context), namespace, ...options });
}

/** @param keys - of an S3 server that is not known in the cluster; they become a Secret there until `close` */
export async function openRunner(
  { cluster, image, secretName: given }: KubernetesChoice,
  store: ObjectStore,
  keys?: RunningSystem['s3'],
): Promise<OpenedRunner> {
  const shared = keys && (await shareKeys(cluster, keys));
  const secretName = shared ?? given;
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  const region = process.env.AWS_REGION;
  const s3 = { ...(endpoint && { endpoint }), ...(region && { region }), ...(secretName && { secretName }) };
  const runner = kubernetesRunner({ cluster, store, startGraceSeconds, defaults: { ...(image && { image }), s3 } });
  return {
    runner,
    async close() {
      await runner.close();
      if (shared !== undefined) await cluster.remove(secrets, shared);
      await cluster.close();
    },
  };
}

function chosen(context: string | undefined) {
  if (context !== undefined) return { kind: 'context', context, files: kubeconfigs() } as const;
  if (process.env.KUBERNETES_SERVICE_HOST !== undefined) return { kind: 'inCluster' } as const;
  const text = 'no cluster was named: give --context with a context of your kubeconfig (`kubectl config get-contexts` lists them)';
  throw new CommandFailure(text, exitCodes.usage);
}

/** The files that kubectl would read. */
export function kubeconfigs(): string[] {
  const named = (process.env.KUBECONFIG ?? '').split(path.delimiter).filter((file) => file !== '');
  return named.length > 0 ? named : [path.join(os.homedir(), '.kube', 'config')];
}

/** A Secret of this machine's own, as others may use the namespace, too. */
async function shareKeys(cluster: Cluster, { accessKey, secretKey }: RunningSystem['s3']): Promise<string> {
  const name = `permafrost-s3-${os
    .hostname()
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')}`;
  try {
    await cluster.apply(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'permafrost' } },
      stringData: { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey },
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new CommandFailure(
      `namespace ${cluster.namespace} is not there in ${cluster.description}: create it, or give another --namespace`,
    );
  }
  return name;
}
