/** What programs take of this machine, as the kernel counts it. */
import { readdirSync, readFileSync } from 'node:fs';

/** CPU time by thread of this process and of all that it started, at one moment. */
export type Usage = ReadonlyMap<number, ThreadUsage>;

interface ThreadUsage {
  readonly program: string;
  readonly seconds: number;
}

export interface ProgramUsage {
  readonly program: string;
  readonly seconds: number;
  /** Of the thread that took most: a program that cannot use two cores shows it here. */
  readonly busiestThread: number;
}

/** The kernel counts in this unit wherever Node runs. */
const ticksPerSecond = 100;

/** @param names - of processes whose program alone says too little, by number */
export function usageNow(names: ReadonlyMap<number, string>): Usage {
  const parents = new Map(readProcesses().map(({ pid, parent }) => [pid, parent]));
  const isOurs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 0; at = parents.get(at)) if (at === process.pid) return true;
    return false;
  };
  const ours = readProcesses().filter(({ pid }) => isOurs(pid));
  return new Map(
    ours.flatMap(({ pid, program }) =>
      readThreads(pid).map(({ pid: thread, seconds }) => [thread, { program: names.get(pid) ?? program, seconds }] as const),
    ),
  );
}

/** Between two moments; what has ended before the second is left out. The hungriest first. */
export function usageBetween(before: Usage, after: Usage): readonly ProgramUsage[] {
  const programs = new Map<string, ProgramUsage>();
  for (const [thread, { program, seconds }] of after) {
    const used = seconds - (before.get(thread)?.seconds ?? 0);
    const known = programs.get(program) ?? { program, seconds: 0, busiestThread: 0 };
    programs.set(program, { program, seconds: known.seconds + used, busiestThread: Math.max(known.busiestThread, used) });
  }
  return [...programs.values()].toSorted((a, b) => b.seconds - a.seconds);
}

/** Megabytes that a process holds in memory, now and at most so far. */
export function memoryOf(pid: number): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string): number => (Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)![1]) * 1024) / 1e6; // a living process has both
  return { now: megabytes('VmRSS'), most: megabytes('VmHWM') };
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Without its version. */
  readonly program: string;
  readonly seconds: number;
}

const readProcesses = (): readonly Stat[] => readStats('/proc');
const readThreads = (pid: number): readonly Stat[] => readStats(`/proc/${pid}/task`);

/** What ends while we look is left out. */
function readStats(folder: string): readonly Stat[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readStat(`${folder}/${name}/stat`));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function readStat(file: string): readonly Stat[] {
  try {
    const [, pid, name, rest] = /^(\d+) \((.*)\) (.*)$/s.exec(readFileSync(file, 'utf8'))!; // the kernel's format: proc(5)
    const fields = rest!.split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    return [{ pid: Number(pid), parent: Number(fields[1]), program: name!.replace(/-[\d.]*$/, ''), seconds }];
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

const isGone = (error: unknown): boolean => ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '');
