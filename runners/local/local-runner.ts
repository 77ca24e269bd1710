import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { onDisk } from '../../results/disk-full.ts';
import type { ObjectStore } from '../../results/object-store.ts';
import { openSweepFolder } from '../../results/sweep-folder.ts';
import { exitCode } from '../../study/trial.ts';
import type { TrialJob, TrialRef, TrialRunner } from '../runner.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { checkCommand, trainerEnvironment } from './command.ts';
import { allLastRuns, claimRun, forgetTrial, giveUp, lastRun, markTold, type Run, statusOf, wasTold } from './run-folder.ts';
import { type Slot, slotEnvironment, slotQueue } from './slots.ts';
import { type Watch, watchRun } from './watch.ts';

export interface LocalRunnerOptions {
  /** Keeps what the next worker must know: which processes run, how they ended, their output. */
  readonly stateFolder: string;
  /** What runs for a trial whose template names no command. */
  readonly builtInTrainer: readonly string[];
  /** One trial at a time runs on each. */
  readonly slots: readonly Slot[];
  readonly store: ObjectStore;
  /** The worker's environment; of it, a trainer gets AWS_*, XDG_*, PATH and HOME. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** From SIGTERM to SIGKILL. */
  readonly graceSeconds: number;
}

export interface LocalRunner extends TrialRunner {
  /** Ends all that runs here, asking first: trainers write a checkpoint, and the next `attach` goes on from it. For when the S3 server is about to stop. */
  suspend(): Promise<void>;
}

const wrapper = join(import.meta.dirname, 'wrapper.sh');

/**
 * Runs trials as processes on this machine, each in its own group. They outlive the worker: the next one on the same state folder takes them
 * over, slots included. An end that nobody has heard of is told by the next `attach` when it was a failure; after a good end it starts again.
 * `attach` throws CommandNotFound, StartFailed, DiskFull, and the errors of the object store.
 */
export function localRunner({ stateFolder, builtInTrainer, slots, store, environment, graceSeconds }: LocalRunnerOptions): LocalRunner {
  const queue = slotQueue(slots.length);
  const watches = new Map<string, Watch>();
  const starts = new Map<string, Promise<void>>();
  const childEnvironment = trainerEnvironment(environment);
  const trialOf = (ref: TrialRef) => openSweepFolder(store, ref.sweep.folder).trial(ref.trial);

  const watch = (run: Run, nudge?: Promise<void>): Watch => {
    const key = keyOf(run.ref);
    const made = watchRun(run, trialOf(run.ref), nudge);
    const forget = () => {
      watches.delete(key);
      queue.release(run.slot);
    };
    queue.occupy(run.slot);
    watches.set(key, made);
    made.ended.then(forget, forget);
    return made;
  };

  const liveWatch = (ref: TrialRef): Watch | undefined => {
    const run = lastRun(stateFolder, ref);
    return watches.get(keyOf(ref)) ?? (run !== undefined && isLive(run) ? watch(run) : undefined);
  };

  /** A failure that came when no worker was there to hear it, or none was attached. */
  const untoldFailure = (ref: TrialRef): Watch | undefined => {
    const run = lastRun(stateFolder, ref);
    return run !== undefined && hasFailed(run) && !wasTold(run) ? watchRun(run, trialOf(ref)) : undefined;
  };

  const start = async ({ ref, template }: TrialJob, signal: AbortSignal): Promise<void> => {
    const command = template.command ?? builtInTrainer;
    checkCommand(command, childEnvironment);
    const slot = await queue.take(signal);
    try {
      const stored = await trialOf(ref).listLogs();
      signal.throwIfAborted();
      // From here to the claim nothing waits, and two workers that look at once claim the same attempt.
      const last = lastRun(stateFolder, ref);
      const attempt = 1 + Math.max(0, last?.attempt ?? 0, ...stored);
      const run = last !== undefined && isLive(last) ? undefined : claimRun(stateFolder, ref, attempt, slot);
      if (run === undefined) return queue.release(slot); // another worker was quicker, and is joined
      const variables = { ...childEnvironment, ...slotEnvironment(slots[slot]!), PERMAFROST_TRIAL: trialOf(ref).address };
      const launched = await launch(run, command, variables);
      watch(run, launched.ended);
    } catch (error) {
      queue.release(slot);
      throw error;
    }
  };

  /** Two calls for one trial in this worker wait for the same start. */
  const startOnce = (job: TrialJob, signal: AbortSignal): Promise<void> => {
    const key = keyOf(job.ref);
    const others = starts.get(key);
    if (others !== undefined) return others.catch(() => {}); // its caller hears of it; we look again and start ourselves
    const own = start(job, signal).finally(() => starts.delete(key));
    starts.set(key, own);
    return own;
  };

  for (const run of allLastRuns(stateFolder)) if (isLive(run)) watch(run);

  return {
    attach: (job, { signal, onState }) =>
      onDisk(stateFolder, async () => {
        for (;;) {
          signal.throwIfAborted();
          const present = liveWatch(job.ref) ?? untoldFailure(job.ref);
          if (present !== undefined) {
            onState('running');
            const exit = await unlessAborted(present.ended, signal);
            markTold(present.run);
            return exit;
          }
          onState('queued');
          await unlessAborted(startOnce(job, signal), signal);
        }
      }),
    async remove(ref) {
      await keptAlive(liveWatch(ref)?.end(graceSeconds) ?? Promise.resolve());
      forgetTrial(stateFolder, ref);
    },
    async suspend() {
      await keptAlive(Promise.all([...watches.values()].map((running) => running.end(graceSeconds))));
    },
  };
}

/** Starts the wrapper, which leads the trial's process group; `ended` resolves when it is gone. */
async function launch(run: Run, command: readonly string[], environment: Record<string, string>): Promise<{ ended: Promise<void> }> {
  const output = openSync(join(run.folder, 'output.log'), 'a');
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  try {
    const child = spawn('/bin/sh', [wrapper, run.folder, ...command], {
      env: environment,
      stdio: ['ignore', output, output],
      detached: true,
    });
    child.on('exit', () => {
      try {
        if (statusOf(run).state === 'starting') giveUp(run.folder);
        resolve();
      } catch (error) {
        reject(error); // such as a full disk; whoever watches the run hears of it
      }
    });
    await once(child, 'spawn');
    child.unref();
  } catch (error) {
    giveUp(run.folder);
    throw error;
  } finally {
    closeSync(output);
  }
  return { ended };
}

function isLive(run: Run): boolean {
  const { state } = statusOf(run);
  return state === 'starting' || state === 'running';
}

function hasFailed(run: Run): boolean {
  const status = statusOf(run);
  return status.state === 'ended' && status.code !== exitCode.done && status.code !== exitCode.preempted;
}

/** Waits in any case: watches do not keep a worker alive by themselves. */
const keptAlive = <T>(work: Promise<T>): Promise<T> => unlessAborted(work, new AbortController().signal);

const keyOf = ({ sweep, trial }: TrialRef) => `${sweep.id} ${trial}`;
