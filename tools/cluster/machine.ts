/**
 * A machine of its own for a cluster: process, mount and network namespaces on this machine, joined to it by one pair of
 * interfaces. The programs in it use their usual paths and ports, several machines can run side by side, and the end of
 * its first process takes everything with it. What runs in it is asked of the kernel, so no file can be out of date.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from './command.ts';

/** With `thisProcess` it ends when this process does, however that happens. */
export type Lifetime = 'thisProcess' | 'untilStopped';

export interface MachineOptions {
  readonly folder: string;
  /** Holds the programs that are to run in it. */
  readonly programs: string;
  readonly lifetime: Lifetime;
}

export interface Machine {
  readonly folder: string;
  /** Number of its first process, as seen from outside. */
  readonly init: number;
}

const initScript = path.join(import.meta.dirname, 'init.sh');

export async function startMachine({ folder, programs, lifetime }: MachineOptions): Promise<Machine> {
  const logFile = path.join(folder, 'logs', 'machine.log');
  const log = openSync(logFile, 'a');
  const child = spawn(
    'unshare',
    ['--mount', '--net', '--pid', '--fork', '--mount-proc', 'sh', initScript, folder, programs, lifetime],
    { cwd: '/', stdio: [lifetime === 'thisProcess' ? 'pipe' : 'ignore', 'pipe', log], detached: true }, //
  );
  closeSync(log);
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  child.stdout!.once('data', () => resolve()); // ! is safe: it is a pipe
  child.once('error', reject).once('exit', () => reject(new Error(`the cluster's namespaces could not be made; see ${logFile}`)));
  await ready;
  child.stdout!.destroy();
  for (const held of [child, child.stdin as { unref(): void } | null]) held?.unref(); // a pipe is a socket, though its type says less

  const machine = await findMachine(folder);
  if (machine === undefined) throw new Error(`the cluster's first process ended at once; see ${logFile}`);
  return machine;
}

/** The machine of this folder, if it runs. One that has just begun is waited for, and so is one that is about to end. */
export async function findMachine(folder: string): Promise<Machine | undefined> {
  for (;;) {
    const commands = processNumbers().map((pid) => ({ pid, words: argumentsOf(pid) }));
    const ours = commands.filter(({ words }) => words.some((word, at) => word === folder && words[at - 1]?.endsWith('/cluster/init.sh')));
    const init = ours.find(({ pid, words }) => words[0] === 'sh' && !isDying(pid));
    if (init !== undefined) return { folder, init: init.pid };
    // The first process is killed, and then without a command line, before the kernel ends the others. `unshare`, which made it, waits until all are gone.
    if (ours.length === 0) return undefined;
    await sleep(20);
  }
}

/** Ends everything in it. */
export async function stopMachine({ folder, init }: Machine): Promise<void> {
  await end(init, 'SIGKILL');
  while ((await findMachine(folder)) !== undefined) await sleep(20);
}

/** Runs a program in the machine to its end. @returns what it printed */
export function runInside({ init }: Machine, program: string, ...args: readonly string[]): Promise<string> {
  return command('nsenter', '--target', `${init}`, '--mount', '--net', '--pid', '--wd=/', program, ...args);
}

/** Starts a program in the machine that goes on by itself. */
export async function startInside(machine: Machine, program: string, args: readonly string[]): Promise<void> {
  const logFile = path.join(machine.folder, 'logs', `${path.basename(program)}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn('nsenter', ['--target', `${machine.init}`, '--mount', '--net', '--pid', '--wd=/', program, ...args], {
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/run', TMPDIR: '/run' },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  child.unref();
  let failed: string | undefined; // before the program itself runs in the machine
  child.once('error', ({ message }) => {
    failed = message;
  });
  child.once('exit', () => {
    failed ??= `see ${logFile}`;
  });
  while (findInside(machine, program) === undefined) {
    if (failed !== undefined) throw new Error(`${path.basename(program)} did not start: ${failed}`);
    await sleep(10);
  }
}

/** Number of the process in the machine that runs this program. */
export function findInside({ init }: Machine, program: string): number | undefined {
  const namespace = namespaceOf(init);
  return processNumbers().find((pid) => argumentsOf(pid)[0] === program && namespaceOf(pid) === namespace);
}

/** Asks a process to end, by force after ten seconds, and waits for that. Fine if it has ended. */
export async function end(pid: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const deadline = performance.now() + 10_000;
  let sent: NodeJS.Signals = signal;
  send(pid, sent);
  while (!hasEnded(pid)) {
    if (sent !== 'SIGKILL' && performance.now() > deadline) {
      sent = 'SIGKILL';
      send(pid, sent);
    }
    await sleep(20);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // else it has just ended by itself
  }
}

const processNumbers = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** With its last thread: its ports are taken until then, though it has no command line any more. It may wait for its parent to notice. */
function hasEnded(pid: number): boolean {
  try {
    const [, state] = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return state === 'Z' && readdirSync(`/proc/${pid}/task`).length === 1;
  } catch {
    return true; // gone between two looks
  }
}

const sigkill = 1n << 8n; // among the bits of a set of signals
const exiting = 0x4; // PF_EXITING

/** Whether it was killed and has not come to its end yet. */
function isDying(pid: number): boolean {
  try {
    const sets = readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(/^(?:SigPnd|ShdPnd):\s*(\w+)$/gm);
    const flags = /\) \S(?: \S+){5} (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
    return Array.from(sets).some(([, bits]) => (BigInt(`0x${bits}`) & sigkill) !== 0n) || (Number(flags) & exiting) !== 0;
  } catch {
    return true; // gone between two looks
  }
}

/** Its command line; nothing once it has ended. */
function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return []; // ended between two looks
  }
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}
