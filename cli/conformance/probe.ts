import { setTimeout as sleep } from 'node:timers/promises';
import { parseAddress, within } from '../../results/address.ts';
import type { ObjectStore } from '../../results/object-store.ts';
import { InvalidObject } from '../../results/storage-error.ts';
import { openSweepFolder } from '../../results/sweep-folder.ts';
import type { TrialFolder } from '../../results/trial-folder.ts';
import type { Exit, SweepRef, TrialRef, TrialRunner } from '../../runners/runner.ts';
import type { Report } from '../../study/trial.ts';

/** One trial that is run to see how the trainer behaves. */
export interface Probe {
  readonly ref: TrialRef;
  readonly folder: TrialFolder;
  start(): Started;
  /** Ends it as a preemption does: SIGTERM first. */
  terminate(): Promise<void>;
  /** Waits for the report of a rung as the search does. */
  reportOf(rung: number, started: Started): Promise<Awaited>;
  /** The objects below a path of the trial's folder, each with a mark of its content. */
  objectsBelow(path: string): Promise<ReadonlyMap<string, string>>;
  put(path: string, value: unknown): Promise<void>;
  textOf(path: string): Promise<string | undefined>;
}

interface Started {
  /** `undefined` when it does not end in time. */
  readonly exit: Promise<Exit | undefined>;
  hasEnded(): boolean;
}

/** A report, or the reason why there is none. */
export type Awaited = { readonly report: Report } | { readonly report?: never; readonly problem: string };

export interface ProbeOptions {
  readonly store: ObjectStore;
  readonly runner: TrialRunner;
  /** Where the trials of the check lie; not the folder of a real sweep. */
  readonly sweep: SweepRef;
  /** How long to wait for each report and each end. */
  readonly waitSeconds: number;
}

const lookEveryMs = 100;

export function probe(command: readonly string[], trial: number, { store, runner, sweep, waitSeconds }: ProbeOptions): Probe {
  const ref = { sweep, trial };
  const folder = openSweepFolder(store, sweep.folder).trial(trial);
  const at = (path: string) => within(parseAddress(folder.address), path);

  const start = (): Started => {
    let ended = false;
    const attached = runner.attach(
      { ref, rung: 0, study: 'conformance', template: { command, trainer: {}, lingerSeconds: 0 } },
      { signal: AbortSignal.timeout(waitSeconds * 1_000), onState: () => {} },
    );
    const exit = attached.catch(unlessTimedOut).finally(() => {
      ended = true;
    });
    exit.catch(() => {}); // told to whoever awaits it
    return { exit, hasEnded: () => ended };
  };

  const reportOf = async (rung: number, started: Started): Promise<Awaited> => {
    for (;;) {
      const ended = started.hasEnded(); // asked before looking, as a report may come just before the end
      try {
        const report = await folder.findReport(rung);
        if (report !== undefined) return { report };
      } catch (error) {
        if (error instanceof InvalidObject) return { problem: error.message };
        throw error;
      }
      if (ended) return { problem: `no report of rung ${rung}; ${described(await started.exit)}` };
      await sleep(lookEveryMs);
    }
  };

  return {
    ref,
    folder,
    start,
    terminate: () => runner.remove(ref),
    reportOf,
    async objectsBelow(path) {
      const entries = await Array.fromAsync(store.list(at(path)), ({ address, etag }) => [address.key, etag] as const);
      return new Map(entries);
    },
    put: (path, value) => store.put(at(path), JSON.stringify(value)),
    async textOf(path) {
      const bytes = await store.get(at(path));
      return bytes && new TextDecoder().decode(bytes).trim();
    },
  };
}

function unlessTimedOut(error: Error): undefined {
  if (error.name !== 'TimeoutError') throw error;
}

/** An end in words, with the last line of its output when that may say why. */
export function described(exit: Exit | undefined): string {
  if (exit === undefined) return 'it was still running when the time was up';
  const lastLine = exit.logTail.trim().split('\n').at(-1);
  const how =
    exit.kind === 'exited' ? `exit code ${exit.code}` : exit.kind === 'killed' ? `ended by ${exit.signal}` : 'ended, nobody knows how';
  return lastLine ? `${how}, its output ends with ${JSON.stringify(lastLine)}` : how;
}
