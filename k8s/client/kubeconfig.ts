import { existsSync } from 'node:fs';
import { KubeConfig, type RequestContext } from '@kubernetes/client-node';
import { Agent, type Dispatcher } from 'undici';

/** Which cluster is meant. There is no default: a cluster that nobody named is never used. */
export type ClusterChoice =
  | { readonly kind: 'inCluster' }
  /** A context by its name; of two files that define it, the first counts, as with kubectl. */
  | { readonly kind: 'context'; readonly context: string; readonly files: readonly string[] };

/** The named context, or what it needs, is not in the kubeconfig. */
class ContextNotFound extends Error {
  override readonly name = 'ContextNotFound';
}

/**
 * Authentication as in a kubeconfig (certificates, tokens, exec plugins, OIDC, proxies), over one set of connections. The library's own makes a
 * set for each request, and with it a TLS handshake.
 */
export class PooledKubeConfig extends KubeConfig {
  #pool: Dispatcher | undefined;

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    this.#pool ??= context.getDispatcher() ?? new Agent(); // theirs knows the certificates and the proxy
    context.setDispatcher(this.#pool);
  }

  /** Ends the connections, the busy ones too. */
  async close(): Promise<void> {
    await this.#pool?.destroy();
  }
}

/** @throws {ContextNotFound} */
export function loadKubeConfig(choice: ClusterChoice): PooledKubeConfig {
  if (choice.kind === 'inCluster') {
    const config = new PooledKubeConfig();
    config.loadFromCluster();
    return config;
  }
  const { context, files } = choice;
  const { config, present } = readFiles(files, `context ${context}`);
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    throw new ContextNotFound(`context ${context} is not in ${present.join(', ')}; there are: ${names.join(', ') || 'none'}`);
  }
  config.setCurrentContext(context);
  if (config.getCurrentCluster() === null) {
    throw new ContextNotFound(`context ${context} in ${present.join(', ')} names a cluster that is not there`);
  }
  return config;
}

/**
 * The context that kubectl would use, for whoever asks for just that, and the namespace that it names.
 * @param wanted - another context than the current one
 * @throws {ContextNotFound}
 */
export function currentContext(files: readonly string[], wanted?: string): { readonly context: string; readonly namespace: string } {
  const { config, present } = readFiles(files, wanted === undefined ? 'the current context' : `context ${wanted}`);
  const context = wanted ?? config.getCurrentContext();
  if (!context) throw new ContextNotFound(`${present.join(', ')} names no current context: \`kubectl config use-context\` sets one`);
  return { context, namespace: config.getContextObject(context)?.namespace ?? 'default' };
}

function readFiles(files: readonly string[], wanted: string): { readonly config: PooledKubeConfig; readonly present: readonly string[] } {
  const present = files.filter((file) => existsSync(file));
  if (present.length === 0) throw new ContextNotFound(`${wanted}: there is no kubeconfig at ${files.join(' or ')}: set KUBECONFIG`);
  const config = new PooledKubeConfig();
  for (const file of present) addFile(config, file);
  return { config, present };
}

function addFile(config: KubeConfig, file: string): void {
  const read = new KubeConfig();
  read.loadFromFile(file);
  const fresh = <T extends { readonly name: string }>(theirs: T[], ours: readonly T[]) =>
    theirs.filter(({ name }) => !ours.some((known) => known.name === name));
  config.clusters = [...config.clusters, ...fresh(read.clusters, config.clusters)];
  config.users = [...config.users, ...fresh(read.users, config.users)];
  config.contexts = [...config.contexts, ...fresh(read.contexts, config.contexts)];
  if (!config.getCurrentContext()) config.setCurrentContext(read.getCurrentContext()); // the first one that names one counts
}
