/** A server as a child process: started, waited for until it answers, and ended, at the latest with this process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Server {
  /** Where it listens: `host:port` for Temporal, a URL for S3. */
  readonly address: string;
  readonly pid: number;
  /** Asks it to end, by force after ten seconds, or at once with SIGKILL. Resolves when it is gone; calling it again is fine. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Resolves when it ends, asked or not: `code 1` or a signal's name. */
  readonly exited: Promise<string>;
}

export interface ServerProgram {
  readonly name: string;
  readonly address: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Asks the server itself, not only its port. Throwing means "not yet". */
  readonly isReady: () => Promise<boolean>;
  /** What ends it when this process ends without having stopped it. SIGKILL where nothing of it is kept, and it might wait for others that end too. Default SIGTERM. */
  readonly lastSignal?: 'SIGTERM' | 'SIGKILL';
}

/** A server ended, or did not answer in time, while it was being started. */
export class ServerFailed extends Error {
  override readonly name = 'ServerFailed';
  /** What it printed since this start. */
  readonly log: string;
  constructor(message: string, logFile: string, log: string) {
    super(`${message}; ${logFile} ends with:\n${log.trimEnd().split('\n').slice(-15).join('\n')}`);
    this.log = log;
  }
}

const readyWithinMs = 60_000;
const stopWithinMs = 10_000;

/** @throws {ServerFailed} with the end of its log */
export async function startServer({
  name,
  address,
  program,
  args,
  env,
  logFile,
  isReady,
  lastSignal = 'SIGTERM',
}: ServerProgram): Promise<Server> {
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a'); // a file, not a pipe: the server outlives a killed parent without choking on its output
  const logStart = statSync(logFile).size;
  // Its own process group: Ctrl-C in the terminal reaches this process alone, which can then end things in order.
  const child = spawn(program, args, { env: { ...env }, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  const exited = endOf(child);
  const stop: Server['stop'] = (signal = 'SIGTERM') => stopChild(child, exited, signal);
  endWithThisProcess(child, lastSignal);

  let ended: string | undefined;
  void exited.then((how) => {
    // never rejects
    ended = how;
  });
  const deadline = performance.now() + readyWithinMs;
  while (ended === undefined && performance.now() < deadline) {
    if (await isReady().catch(() => false)) return { address, pid: child.pid!, stop, exited }; // it answers, so it has a pid
    await sleep(50);
  }
  await stop();
  const what = ended === undefined ? `does not answer after ${readyWithinMs / 1000} s` : `ended with ${ended} before it was ready`;
  throw new ServerFailed(`${name} ${what}`, logFile, readFileSync(logFile).subarray(logStart).toString());
}

/** A free port can be taken before the server gets to it, most of all in tests that run side by side. A fixed one is then named by `findPort`. */
export async function againIfPortTaken<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 3 || !(error instanceof ServerFailed && error.log.includes('address already in use'))) throw error;
    }
  }
}

/** Resolves also when the program could not be started: that, too, is an end. */
function endOf(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.on('error', (error) => resolve(error.message));
  child.on('exit', (code, signal) => resolve(signal ?? `code ${code}`));
  return promise;
}

async function stopChild(child: ChildProcess, exited: Promise<string>, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
  await exited;
  clearTimeout(force);
}

const running = new Map<ChildProcess, NodeJS.Signals>(); // one set of listeners for all servers of this process
const endAll = (): void => {
  for (const [child, signal] of running) child.kill(signal);
};

function endWithThisProcess(child: ChildProcess, lastSignal: NodeJS.Signals): void {
  if (running.size === 0) {
    process.on('exit', endAll);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endUnlessHandled);
  }
  running.set(child, lastSignal);
  child.once('exit', () => {
    running.delete(child);
    if (running.size > 0) return;
    process.off('exit', endAll);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, endUnlessHandled);
  });
}

/** A listener takes a signal's usual effect away. Where ours is the only one, it gives it back. */
function endUnlessHandled(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return; // the caller ends things itself, in its own order
  endAll();
  process.off(signal, endUnlessHandled);
  process.kill(process.pid, signal);
}
