import { type SweepObject, sweepIdOf, sweeps } from '../k8s/api/sweep-object.ts';
import { type Cluster, connectCluster } from '../k8s/client/cluster.ts';
import { currentContext } from '../k8s/client/kubeconfig.ts';
import type { Stored } from '../k8s/client/resource.ts';
import type { ClusterFlags } from './cluster-flags.ts';
import { CommandFailure } from './failure.ts';
import { kubeconfigs } from './kubernetes.ts';
import { duration, shown, table } from './table.ts';

export type FoundObject = Stored<SweepObject>;

/** Sweep objects of one namespace, as a person with a kubeconfig sees them. */
export interface SweepObjects {
  /** `namespace research of https://… (context …)` */
  readonly description: string;
  /** Newest first. */
  list(): Promise<readonly FoundObject[]>;
  /** Changes fields of its spec; the controller does the rest. */
  edit(object: FoundObject, spec: object): Promise<void>;
  close(): Promise<void>;
}

/** The context and its namespace are the kubeconfig's current ones unless flags say otherwise. @throws ContextNotFound */
export function openSweepObjects({ kubeconfig, context, namespace }: ClusterFlags): SweepObjects {
  const files = kubeconfig === undefined ? kubeconfigs() : [kubeconfig];
  const chosen = currentContext(files, context);
  const where = namespace ?? chosen.namespace;
  const cluster: Cluster = connectCluster({
    cluster: { kind: 'context', context: chosen.context, files },
    namespace: where,
    patienceSeconds: 5,
  });
  return {
    description: `namespace ${where} of ${cluster.description}`,
    async list() {
      const found: FoundObject[] = [];
      let next: string | undefined;
      do {
        const page = await cluster.list(sweeps, { limit: 500, ...(next && { next }) });
        found.push(...page.items);
        next = page.next;
      } while (next !== undefined);
      return found.sort((a, b) => createdAt(b) - createdAt(a));
    },
    async edit({ metadata: { name, uid } }, spec) {
      await cluster.patch(sweeps, name, { metadata: { uid }, spec }); // refused if another one has that name now
    },
    close: () => cluster.close(),
  };
}

/** By its name or id. No name means the newest. */
export function pick(objects: readonly FoundObject[], wanted: string | undefined): FoundObject | undefined {
  if (wanted === undefined) return objects[0];
  return objects.find(({ metadata }) => metadata.name === wanted || sweepIdOf(metadata) === wanted);
}

/** Where its results are. @throws {CommandFailure} before it has started */
export function folderOf({ metadata, status }: FoundObject): string {
  if (status?.resultsUri !== undefined && status.startTime !== undefined) return status.resultsUri;
  const why = status?.conditions?.find(({ type, status: holds }) => (type === 'Valid' || type === 'EngineReachable') && holds === 'False');
  throw new CommandFailure(`Sweep ${metadata.name} has not started${why === undefined ? '' : `: ${why.message}`}`);
}

/** What their status says, in the columns of `permafrost get`. */
export function objectTable(objects: readonly FoundObject[]): string {
  const cells = objects.map((object) => {
    const { metadata, status } = object;
    const until = status?.completionTime === undefined ? Date.now() : Date.parse(status.completionTime);
    return [
      metadata.name,
      (status?.state ?? 'Pending').toUpperCase(),
      status?.progress ?? '–',
      status?.trials?.running ?? '–',
      shown(status?.best),
      duration((until - createdAt(object)) / 1000),
    ];
  });
  return table(['SWEEP', 'STATUS', 'TRIALS', 'RUNNING', 'BEST', 'AGE'], cells);
}

const createdAt = ({ metadata }: FoundObject): number => metadata.creationTimestamp?.getTime() ?? 0;
