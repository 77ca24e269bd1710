import type { SentRequest } from '../client/cluster.ts';
import type { Metrics } from './metrics.ts';
import type { QueueObserver } from './work-queue.ts';

type Result = 'success' | 'requeue_after' | 'error';

/** What one controller tells of itself. */
interface ObservedController {
  readonly queue: QueueObserver;
  readonly active: (change: 1 | -1) => void;
  readonly reconciled: (result: Result, seconds: number) => void;
}

export interface ControllerMetrics {
  of(controller: string, workers: number): ObservedController;
}

/** Counts what is asked of the API server, as client-go does. */
export function requestCounter(metrics: Metrics): (request: SentRequest) => void {
  const help = 'Number of HTTP requests, partitioned by status code, method, and host.';
  const requests = metrics.counter('rest_client_requests_total', help);
  return ({ code, method, host }) => requests.add({ code, host, method });
}

/** Buckets of client-go's work queues, and of controller-runtime's looks, in seconds; rarer, as ours begin at a request. */
const queueSeconds = [0.001, 0.01, 0.1, 1, 10, 100];
const lookSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The metrics of controller-runtime, under its names, so that its dashboards and alerts work. */
export function controllerMetrics(metrics: Metrics): ControllerMetrics {
  const depth = metrics.gauge('workqueue_depth', 'Current depth of workqueue');
  const adds = metrics.counter('workqueue_adds_total', 'Total number of adds handled by workqueue');
  const retries = metrics.counter('workqueue_retries_total', 'Total number of retries handled by workqueue');
  const waited = metrics.histogram(
    'workqueue_queue_duration_seconds',
    'How long in seconds an item stays in workqueue before being requested',
    queueSeconds,
  );
  const worked = metrics.histogram(
    'workqueue_work_duration_seconds',
    'How long in seconds processing an item from workqueue takes',
    queueSeconds,
  );
  const reconciles = metrics.counter('controller_runtime_reconcile_total', 'Total number of reconciliations per controller');
  const errors = metrics.counter('controller_runtime_reconcile_errors_total', 'Total number of reconciliation errors per controller');
  const seconds = metrics.histogram(
    'controller_runtime_reconcile_time_seconds',
    'Length of time per reconciliation per controller',
    lookSeconds,
  );
  const most = metrics.gauge('controller_runtime_max_concurrent_reconciles', 'Maximum number of concurrent reconciles per controller');
  const active = metrics.gauge('controller_runtime_active_workers', 'Number of currently used workers per controller');

  return {
    of(controller, workers) {
      const queue = { name: controller, controller };
      const own = { controller };
      let busy = 0;
      most.set(own, workers);
      active.set(own, 0);
      depth.set(queue, 0);
      adds.add(queue, 0);
      retries.add(queue, 0);
      errors.add(own, 0);
      for (const result of ['success', 'requeue_after', 'error'] as const) reconciles.add({ controller, result }, 0);
      return {
        queue: {
          added: () => adds.add(queue),
          retried: () => retries.add(queue),
          depth: (keys) => depth.set(queue, keys),
          waited: (duration) => waited.observe(queue, duration),
          worked: (duration) => worked.observe(queue, duration),
        },
        active(change) {
          busy += change;
          active.set(own, busy);
        },
        reconciled(result, duration) {
          reconciles.add({ controller, result });
          if (result === 'error') errors.add(own);
          seconds.observe(own, duration);
        },
      };
    },
  };
}
