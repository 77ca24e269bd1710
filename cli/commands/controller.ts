import { randomUUID } from 'node:crypto';
import os from 'node:os';
import type { Command } from 'commander';
import { exitCodes } from '../failure.ts';
import { untilInterrupted } from '../interrupt.ts';
import { port } from './arguments.ts';

interface ControllerFlags {
  readonly context?: string;
  readonly namespace: string;
  readonly port: number;
}

export function addControllerCommand(program: Command): void {
  program
    .command('controller')
    .description(
      'Look after the Sweep objects of a namespace, with the servers that TEMPORAL_ADDRESS and AWS_* name; SIGTERM stops, sweeps go on.',
    )
    .option('--context <name>', 'context of your kubeconfig; inside a cluster, that cluster')
    .option('--namespace <name>', 'whose objects it looks after', 'default')
    .option('--port <port>', 'of /healthz, /readyz and /metrics; 0 takes a free one', port, 8080)
    .action(control);
}

/** Runs until it is interrupted, or another one leads. */
async function control({ context, namespace, port }: ControllerFlags): Promise<void> {
  const interrupted = untilInterrupted();
  const { jsonLog } = await import('../../k8s/controller/log.ts');
  const { startManager } = await import('../../k8s/controller/manager.ts');
  const { connectTo } = await import('../kubernetes.ts'); // its library takes most of a second to load
  const log = jsonLog((line) => process.stdout.write(line));
  const identity = `${os.hostname()}_${randomUUID()}`;
  const hasty = connectTo(context, namespace, { patienceSeconds: 0, answerSeconds: 5 }); // for the election: late answers are worse than none
  const manager = await startManager({ controllers: [], cluster: hasty, identity, port, log });
  log('info', 'ready', { namespace, cluster: hasty.description, port: manager.port, identity });
  const lost = await Promise.race([interrupted, manager.lost]);
  if (lost === undefined) {
    await manager.stop();
    log('info', 'stopped', { identity });
    return;
  }
  log('error', 'this process leads no more, so it ends', { identity, why: lost });
  process.exitCode = exitCodes.unavailable; // at once: another one may be at work already
}
