import type { Command } from 'commander';
import { connectObjectStore } from '../../results/object-store.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { untilInterrupted } from '../interrupt.ts';
import { temporalAt } from '../temporal.ts';
import { createWorker, quietRuntime } from '../worker.ts';

interface WorkerFlags {
  readonly context?: string;
  readonly namespace: string;
  readonly image?: string;
  readonly s3Secret?: string;
  readonly deployment?: string;
  readonly buildId?: string;
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
    .option('--s3-secret <name>', 'Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for trials whose sweep names none')
    .option('--deployment <name>', "take part in Temporal's worker versioning, as this deployment; needs --build-id")
    .option('--build-id <id>', 'version of this worker')
    .action(work);
}

async function work({ context, namespace, image, s3Secret, deployment, buildId }: WorkerFlags): Promise<void> {
  const address = process.env.TEMPORAL_ADDRESS;
  if (address === undefined) throw new CommandFailure('TEMPORAL_ADDRESS: missing; set it to host:port of Temporal', exitCodes.usage);
  if ((deployment === undefined) !== (buildId === undefined))
    throw new CommandFailure('--deployment and --build-id go together', exitCodes.usage);
  const interrupted = untilInterrupted();
  const store = connectObjectStore();
  const { openRunner, reachCluster } = await import('../kubernetes.ts'); // its library takes most of a second to load
  const cluster = await reachCluster(context, namespace);
  const { runner, close } = await openRunner({ cluster, image, secretName: s3Secret }, store);
  try {
    quietRuntime();
    const version = deployment !== undefined && buildId !== undefined ? { deploymentName: deployment, buildId } : undefined;
    const temporal = temporalAt(address, process.env);
    const worker = await createWorker({ temporal, store, runner, cluster, maxTrials: 1000, ...(version && { version }) });
    void interrupted.then(() => worker.shutdown()); // never rejects
    process.stdout.write(`Ready: Temporal at ${address}, trials as pods in namespace ${namespace} of ${cluster.description}\n`);
    await worker.run();
  } finally {
    await close();
  }
}
