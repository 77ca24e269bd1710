import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrialFolder } from '../../results/trial-folder.ts';
import type { Exit } from '../runner.ts';
import { membersOf, type ProcessIdentity, pidOf } from './process-identity.ts';
import { type Run, type RunStatus, statusOf } from './run-folder.ts';
import { type TrialLog, trialLog } from './trial-log.ts';

/** A run that is looked after by this worker: its log is sent while it lasts, and its end is seen. */
export interface Watch {
  readonly run: Run;
  /** Resolves when no process of the run is left and its log is stored. */
  readonly ended: Promise<Exit>;
  /** SIGTERM to the whole group, SIGKILL after the grace. Resolves when it is gone. */
  end(graceSeconds: number): Promise<void>;
}

class StartFailed extends Error {
  override readonly name = 'StartFailed';
}

const lookEveryMs = 100;
const sendEveryMs = 3_000;

/** @param nudge - resolves when the run has surely ended, where this worker is the one that hears of it */
export function watchRun(run: Run, trial: TrialFolder, nudge: Promise<void> = new Promise(() => {})): Watch {
  const log = trialLog(run, trial);
  let forced = false;
  const watching = async (): Promise<Exit> => {
    const over = new AbortController();
    const gone = goneAfter(run, trial.address, nudge).finally(() => over.abort());
    const [seen, sent] = await Promise.allSettled([gone, sendWhileRunning(log, over.signal)]);
    if (seen.status === 'rejected') throw seen.reason;
    if (sent.status === 'rejected') throw sent.reason;
    await log.sendLast();
    return exitOf(seen.value, forced, await log.tail());
  };
  const ended = watching();

  return {
    run,
    ended,
    async end(graceSeconds) {
      await untilStarted(run);
      signalGroup(run, 'SIGTERM');
      const grace = sleep(graceSeconds * 1_000, 'over' as const, { ref: false });
      if ((await Promise.race([ended, grace])) === 'over') {
        forced = signalGroup(run, 'SIGKILL');
        await ended;
      }
    },
  };
}

type Ended = Extract<RunStatus, { state: 'ended' }>;

/** Resolves when the program has ended and nothing is left of its process group. */
async function goneAfter(run: Run, trialAddress: string, nudge: Promise<void>): Promise<Ended> {
  for (;;) {
    const status = statusOf(run);
    if (status.state === 'neverRan')
      throw new StartFailed(`${run.folder}: the trainer's process could not be recorded here: is the disk full?`);
    if (status.state === 'ended') {
      await clearGroup(status.process, `PERMAFROST_TRIAL=${trialAddress}`);
      return status;
    }
    await Promise.race([nudge, look()]);
  }
}

/** Ends what a crashed program left behind: a next start must find the trial to itself. */
async function clearGroup(leader: ProcessIdentity, entry: string): Promise<void> {
  for (let left = membersOf(pidOf(leader), entry); left.length > 0; left = membersOf(pidOf(leader), entry)) {
    for (const pid of left) killIfThere(pid, 'SIGKILL');
    await sleep(10);
  }
}

async function untilStarted(run: Run): Promise<void> {
  while (statusOf(run).state === 'starting') await look();
}

/** Returns whether there was a group to hear it. */
function signalGroup(run: Run, signal: NodeJS.Signals): boolean {
  const status = statusOf(run);
  return status.state === 'running' && killIfThere(-pidOf(status.process), signal);
}

function killIfThere(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

async function sendWhileRunning(log: TrialLog, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await sleep(sendEveryMs, undefined, { ref: false, signal: over }).catch(() => {}); // the only way it fails is that the run is over
    if (!over.aborted) await log.sendIfGrown();
  }
}

function exitOf({ code }: Ended, forced: boolean, logTail: string): Exit {
  if (code === undefined) return forced ? { kind: 'killed', signal: 'SIGKILL', logTail } : { kind: 'lost', logTail };
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0]; // how a shell tells a signal
  return signal === undefined ? { kind: 'exited', code, logTail } : { kind: 'killed', signal, logTail };
}

/** Does not keep the worker alive: a process of its own accord goes on without it. */
const look = () => sleep(lookEveryMs, undefined, { ref: false });
