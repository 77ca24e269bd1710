import {
  type Client,
  isGrpcDeadlineError,
  isGrpcServiceError,
  NamespaceNotFoundError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionStatusName,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { NightSchedules } from '../k8s/cron-sweep/night-schedules.ts';
import { EngineUnreachable, type Run, type SweepEngine } from '../k8s/sweep/engine.ts';
import type { ObjectStore } from '../results/object-store.ts';
import { BucketNotFound, CredentialsRefused, StorageUnreachable } from '../results/storage-error.ts';
import type { Progress } from '../study/progress.ts';
import { progress, revise } from '../workflows/sweep.ts';
import { checkSweep } from './check-sweep.ts';
import { nightSchedules } from './night-schedules.ts';
import { startSweep } from './start-sweep.ts';

/** Temporal answers at once or not at all; workers may have a sweep's history to read first. */
const temporalMs = 5_000;
const workerMs = 15_000;
/** Together with what is written to S3 before. */
const startMs = 30_000;

/** The engine of sweeps as their controller sees it: Temporal with its workers, and S3. */
export function sweepEngine(client: Client, store: ObjectStore): SweepEngine {
  const handle = (id: string) => client.workflow.getHandle(id);
  const asked = <T>(limitMs: number, onTimeout: 'TemporalUnavailable' | 'NoWorker', work: () => Promise<T>): Promise<T> =>
    inTime(client, limitMs, onTimeout, work);

  return {
    check: (sweep) => stored(() => checkSweep(sweep, store)),
    start: (start) =>
      stored(() =>
        asked(startMs, 'TemporalUnavailable', async () => {
          try {
            await startSweep(start, { client, store });
          } catch (error) {
            if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
          }
        }),
      ),
    find: (id) =>
      asked(temporalMs, 'TemporalUnavailable', async () => {
        try {
          const { status, closeTime, runId, historyLength } = await handle(id).describe();
          return { state: states[status.name], version: `${runId} ${historyLength}`, ...(closeTime && { closedAt: closeTime }) };
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return undefined;
          throw error;
        }
      }),
    progress: (id) => asked(workerMs, 'NoWorker', () => handle(id).query<Progress, []>(progress)),
    revise: (id, revision) =>
      asked(workerMs, 'NoWorker', async () => {
        try {
          await handle(id).executeUpdate(revise, { args: [revision], updateId: `generation-${revision.generation}` });
        } catch (error) {
          if (!(error instanceof WorkflowNotFoundError)) throw error; // it has ended meanwhile: the next look tells
        }
      }),
    cancel: (id) =>
      asked(temporalMs, 'TemporalUnavailable', async () => {
        try {
          await handle(id).cancel();
        } catch (error) {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }
      }),
  };
}

/** @throws EngineUnreachable when it takes longer, or Temporal does not answer */
async function inTime<T>(
  client: Client,
  limitMs: number,
  onTimeout: 'TemporalUnavailable' | 'NoWorker',
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + limitMs, work);
  } catch (error) {
    throw named(error, onTimeout);
  }
}

/** The schedules of nights as their controller sees them. */
export function scheduleEngine(client: Client): NightSchedules {
  const { find, create, update, remove } = nightSchedules(client);
  const asked = <T>(work: () => Promise<T>): Promise<T> => inTime(client, temporalMs, 'TemporalUnavailable', work);
  return {
    find: (key) => asked(() => find(key)),
    create: (cronSweep, owner) => asked(() => create(cronSweep, owner)),
    update: (cronSweep, owner) => asked(() => update(cronSweep, owner)),
    remove: (key) => asked(() => remove(key)),
  };
}

const states: Readonly<Record<WorkflowExecutionStatusName, Run['state']>> = {
  RUNNING: 'running',
  CONTINUED_AS_NEW: 'running', // for a moment
  PAUSED: 'running',
  UNSPECIFIED: 'running',
  UNKNOWN: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timedOut',
};

async function stored<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StorageUnreachable) throw new EngineUnreachable('StorageUnavailable', error.message, { cause: error });
    if (error instanceof CredentialsRefused) throw new EngineUnreachable('StorageRefused', error.message, { cause: error });
    if (error instanceof BucketNotFound) throw new EngineUnreachable('BucketNotFound', error.message, { cause: error });
    throw error;
  }
}

/** What may be over when it is tried again, told apart; anything else as it is. */
function named(error: unknown, onTimeout: 'TemporalUnavailable' | 'NoWorker'): unknown {
  if (error instanceof NamespaceNotFoundError) {
    return new EngineUnreachable(
      'NamespaceNotFound',
      `Temporal has no namespace ${error.namespace}: create it, or set TEMPORAL_NAMESPACE`,
      { cause: error },
    );
  }
  const cause = error instanceof ServiceError ? error.cause : error;
  const isLate = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcDeadlineError(cause);
  if (onTimeout === 'NoWorker' && (isLate || saysNoPoller(cause))) {
    return new EngineUnreachable('NoWorker', 'No worker answers for the sweep: is one running, and is it healthy?', { cause: error });
  }
  if (isLate) return new EngineUnreachable('TemporalUnavailable', 'Temporal does not answer.', { cause: error });
  if (error instanceof ServiceError) {
    const words = isGrpcServiceError(cause) ? cause.details : error.message;
    return new EngineUnreachable('TemporalUnavailable', `Temporal does not answer as it should: ${words}`, { cause: error });
  }
  return error;
}

/** Temporal's answer when nobody has asked for work for some minutes. */
const saysNoPoller = (cause: unknown): boolean => isGrpcServiceError(cause) && /no poller/i.test(cause.details);
