import { memoryUsage } from 'node:process';
import type { Cluster } from '../client/cluster.ts';
import { type Controller, runController } from './controller.ts';
import { controllerMetrics } from './controller-metrics.ts';
import { serveEndpoints } from './endpoints.ts';
import { standForElection } from './leader.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export interface ManagerOptions {
  readonly controllers: readonly Controller[];
  /** For the election alone, with little patience. */
  readonly cluster: Cluster;
  /** Of this process, among all that ever run. */
  readonly identity: string;
  /** Of health, readiness and metrics; 0 takes a free one. */
  readonly port: number;
  /** What its endpoint tells; the manager adds its own. */
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface Manager {
  readonly port: number;
  isLeader(): boolean;
  /** Resolves with the reason when this process must end, because another one leads. */
  readonly lost: Promise<string>;
  /** Lets looks under way end, then lets go of the lease. */
  stop(): Promise<void>;
}

const leaseName = 'permafrost-controller';

/** Runs controllers in this process, as soon as it leads. Copies of objects are kept before that, so that it can take over at once. */
export async function startManager({ controllers, cluster, identity, port, metrics, log }: ManagerOptions): Promise<Manager> {
  const leading = metrics.gauge('leader_election_master_status', 'Whether this process leads: 1 or 0');
  leading.set({ name: leaseName }, 0);
  metrics.measured('process_resident_memory_bytes', 'Resident memory size in bytes', 'gauge', () => memoryUsage.rss());
  metrics.measured('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds', 'counter', cpuSeconds);

  const observed = controllerMetrics(metrics);
  const running = controllers.map((controller) => runController(controller, observed, log));
  let isReady = false;
  const ready = Promise.all(running.map((controller) => controller.ready)).then(() => {
    isReady = true;
  });
  const endpoints = await serveEndpoints({
    port,
    metrics: metrics.text,
    whyNotReady: () =>
      isReady
        ? undefined
        : (running.map((one) => one.problem()?.message).find((why) => why !== undefined) ?? 'the first lists are not in yet'),
  });
  const election = standForElection({ cluster, name: leaseName, identity, log });
  void Promise.all([ready, election.won]).then(() => {
    if (!election.isLeader()) return; // lost, or given up, while the lists came in
    log('info', 'this process leads', { identity });
    leading.set({ name: leaseName }, 1);
    for (const controller of running) controller.work();
  });

  return {
    port: endpoints.port,
    isLeader: election.isLeader,
    lost: election.lost,
    async stop() {
      await Promise.all(running.map((controller) => controller.close()));
      await election.resign();
      leading.set({ name: leaseName }, 0);
      await endpoints.close();
    },
  };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
