import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Cluster } from '../../k8s/client/cluster.ts';
import type { Resource } from '../../k8s/client/resource.ts';

interface DrainFlags {
  readonly context?: string;
  readonly namespace: string;
}

const pollMs = 1_000;

export function addDrainCommand(program: Command): void {
  program
    .command('drain')
    .description(
      'Delete all CronSweep and Sweep objects of a namespace, and wait until its controller has let go of them. The Helm chart runs it before it takes the custom resources away.',
    )
    .option('--context <name>', 'context of your kubeconfig; inside a cluster, that cluster')
    .option('--namespace <name>', 'whose objects go', 'default')
    .action(drain);
}

async function drain({ context, namespace }: DrainFlags): Promise<void> {
  const { connectTo } = await import('../kubernetes.ts'); // its library takes most of a second to load
  const { cronSweeps } = await import('../../k8s/api/cron-sweep-object.ts');
  const { sweeps } = await import('../../k8s/api/sweep-object.ts');
  const cluster = connectTo(context, namespace, { patienceSeconds: 60 });
  await empty(cluster, cronSweeps); // first, so that no night starts
  await empty(cluster, sweeps);
  await cluster.close();
}

/** Until none is left, also of those that are made meanwhile. */
async function empty<T>(cluster: Cluster, kind: Resource<T>): Promise<void> {
  for (let told = -1; ; ) {
    await cluster.removeAll(kind, '');
    const { items, next } = await cluster.list(kind, { limit: 500 });
    if (items.length !== told) process.stdout.write(`${kind.plural} left: ${items.length}${next === undefined ? '' : ' and more'}\n`);
    if (items.length === 0) return;
    told = items.length;
    await sleep(pollMs);
  }
}
