import type { Command } from 'commander';
import { connectObjectStore } from '../../results/object-store.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { untilInterrupted } from '../interrupt.ts';
import { createWorker, quietRuntime } from '../worker.ts';

interface WorkerFlags {
  readonly context?: string;
  readonly namespace: string;
  readonly image?: string;
}

export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description(
      'Carry out sweeps with pods of a cluster and the servers that TEMPORAL_ADDRESS and AWS_* name; SIGTERM stops, trials go on.',
    )
    .option('--context <name>', 'context of your kubeconfig; inside a cluster, that cluster')
    .option('--namespace <name>', 'where trials run', 'default')
    .option('--image <image>', 'image of trials whose sweep names none')
    .action(work);
}

async function work({ context, namespace, image }: WorkerFlags): Promise<void> {
  const address = process.env.TEMPORAL_ADDRESS;
  if (address === undefined) throw new CommandFailure('TEMPORAL_ADDRESS: missing; set it to host:port of Temporal', exitCodes.usage);
  const interrupted = untilInterrupted();
  const store = connectObjectStore();
  const { openRunner, reachCluster } = await import('../kubernetes.ts'); // its library takes most of a second to load
  const cluster = await reachCluster(context, namespace);
  const { runner, close } = await openRunner({ cluster, image }, store);
  try {
    quietRuntime();
    const temporal = { address, namespace: process.env.TEMPORAL_NAMESPACE ?? 'default' };
    const worker = await createWorker({ temporal, store, runner, cluster, maxTrials: 1000 });
    void interrupted.then(() => worker.shutdown()); // never rejects
    process.stdout.write(`Ready: Temporal at ${address}, trials as pods in namespace ${namespace} of ${cluster.description}\n`);
    await worker.run();
  } finally {
    await close();
  }
}
