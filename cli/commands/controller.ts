import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { Client, Connection } from '@temporalio/client';
import type { Command } from 'commander';
import type { Log } from '../../k8s/controller/log.ts';
import type { Manager } from '../../k8s/controller/manager.ts';
import { connectObjectStore } from '../../results/object-store.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { untilInterrupted } from '../interrupt.ts';
import { scheduleEngine, sweepEngine } from '../sweep-engine.ts';
import { temporalAt } from '../temporal.ts';
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
      'Look after the Sweep and CronSweep objects of a namespace, with the servers that TEMPORAL_ADDRESS and AWS_* name; SIGTERM stops, sweeps go on.',
    )
    .option('--context <name>', 'context of your kubeconfig; inside a cluster, that cluster')
    .option('--namespace <name>', 'whose objects it looks after', 'default')
    .option('--port <port>', 'of /healthz, /readyz and /metrics; 0 takes a free one', port, 8080)
    .action(control);
}

/** Runs until it is interrupted, or another one leads. */
async function control(flags: ControllerFlags): Promise<void> {
  const interrupted = untilInterrupted();
  const { jsonLog } = await import('../../k8s/controller/log.ts');
  const log = jsonLog((line) => process.stdout.write(line));
  const identity = `${os.hostname()}_${randomUUID()}`;
  const manager = await start(flags, identity, log);
  log('info', 'ready', { namespace: flags.namespace, port: manager.port, identity });
  const lost = await Promise.race([interrupted, manager.lost]);
  if (lost === undefined) {
    await manager.stop();
    log('info', 'stopped', { identity });
    return;
  }
  log('error', 'this process leads no more, so it ends', { identity, why: lost });
  process.exitCode = exitCodes.unavailable; // at once: another one may be at work already
}

/** Nothing need answer yet: what does not is waited for, and told in conditions and by /readyz. */
async function start({ context, namespace, port }: ControllerFlags, identity: string, log: Log): Promise<Manager> {
  const address = process.env.TEMPORAL_ADDRESS;
  if (address === undefined) throw new CommandFailure('TEMPORAL_ADDRESS: missing; set it to host:port of Temporal', exitCodes.usage);
  const { namespace: temporalNamespace, ...server } = temporalAt(address, process.env);
  const client = new Client({ connection: Connection.lazy(server), namespace: temporalNamespace });
  const { connectTo } = await import('../kubernetes.ts'); // its library takes most of a second to load
  const { requestCounter } = await import('../../k8s/controller/controller-metrics.ts');
  const { eventRecorder } = await import('../../k8s/controller/event-recorder.ts');
  const { startManager } = await import('../../k8s/controller/manager.ts');
  const { createMetrics } = await import('../../k8s/controller/metrics.ts');
  const { cronSweepController } = await import('../../k8s/cron-sweep/cron-sweep-controller.ts');
  const { sweepController } = await import('../../k8s/sweep/sweep-controller.ts');
  const metrics = createMetrics();
  const onRequest = requestCounter(metrics);
  const cluster = connectTo(context, namespace, { patienceSeconds: 10, onRequest });
  const record = eventRecorder(cluster, identity, log);
  const engine = sweepEngine(client, connectObjectStore({ patienceSeconds: 10 }));
  const forElection = connectTo(context, namespace, { patienceSeconds: 0, answerSeconds: 5, onRequest }); // late answers are worse than none
  const controllers = [
    sweepController({ cluster, engine, record }),
    cronSweepController({ cluster, schedules: scheduleEngine(client), record }),
  ];
  return startManager({ controllers, cluster: forElection, identity, port, metrics, log });
}
