/** The cluster that tests use: one that was named, or one of our own that lives as long as they do. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPinned } from '../servers/binaries.ts';
import { clusterPrograms } from '../servers/catalogue.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { command } from './command.ts';
import { kubectlWith } from './kubectl.ts';
import { whyNoCluster } from './requirements.ts';

export interface TestCluster extends Pick<Cluster, 'kubeconfig' | 'hostAddress' | 'kubectl' | 'apply' | 'remove'> {
  /** All that tests make is made here. */
  readonly namespace: string;
  /** What only a cluster of our own can do; a named one is left as it is. */
  readonly own?: Cluster;
}

/** Names the context of a kubeconfig whose cluster the tests may use. No other one is ever touched. */
const contextVariable = 'PERMAFROST_TEST_CONTEXT';

export const namedContext = (): string | undefined => process.env[contextVariable] || undefined;

/** Why tests that use a cluster are skipped, for their `skip` option. */
export const whyNoTestCluster = (): string | false => (namedContext() === undefined ? (withWayOut(whyNoCluster()) ?? false) : false);

/** The same for tests that break its parts. */
export const whyNoOwnCluster = (): string | false =>
  namedContext() === undefined ? whyNoTestCluster() : `parts of the cluster named by ${contextVariable} are not broken`;

const withWayOut = (why: string | undefined): string | undefined =>
  why === undefined ? undefined : `${why}, or one that ${contextVariable} names`;

export async function openTestCluster(): Promise<TestCluster> {
  const context = namedContext();
  if (context !== undefined) return openNamedCluster(context, mkdtempSync(path.join(tmpdir(), 'permafrost-cluster-')));
  const own = await startCluster({ folder: mkdtempSync(path.join(tmpdir(), 'permafrost-cluster-')), lifetime: 'thisProcess' });
  const namespace = 'permafrost-test';
  await own.kubectl('create', 'namespace', namespace);
  return { ...own, namespace, own };
}

/** A namespace in it, which is all that is ever made or removed there. */
async function openNamedCluster(context: string, folder: string): Promise<TestCluster> {
  const { path: program } = await findPinned(clusterPrograms.kubectl, { env: process.env, say: console.error });
  const kubeconfig = path.join(folder, 'kubeconfig'); // of this context alone
  const config = await command(program, '--context', context, 'config', 'view', '--minify', '--flatten', '--raw', '--output=json');
  writeFileSync(kubeconfig, config, { mode: 0o600 });
  const { kubectl, apply } = kubectlWith(program, kubeconfig);
  const namespace = path.basename(folder).toLowerCase();
  await kubectl('create', 'namespace', namespace);
  return {
    kubeconfig,
    namespace,
    hostAddress: await addressTowards(new URL((JSON.parse(config) as MinifiedConfig).clusters[0].cluster.server)),
    kubectl,
    apply,
    async remove() {
      await kubectl('delete', 'namespace', namespace);
      rmSync(folder, { recursive: true });
    },
  };
}

interface MinifiedConfig {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string } }];
}

/** The address that this machine has on its way to a server. */
async function addressTowards({ hostname, port }: URL): Promise<string> {
  const socket = connect({ host: hostname, port: Number(port || 443) });
  await once(socket, 'connect');
  const address = socket.localAddress!; // ! is safe: it is connected
  socket.destroy();
  return address;
}
