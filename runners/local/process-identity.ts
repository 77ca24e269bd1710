import { readdirSync, readFileSync } from 'node:fs';

/**
 * `<pid> <start> <boot>`: names one process for ever. `start` is in clock ticks since the boot (field 22 of stat(5)); a pid alone is given
 * to another process one day, and after a reboot soon.
 */
export type ProcessIdentity = string;

export function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = statOf(pid);
  return stat === undefined || !stat.isAlive ? undefined : `${pid} ${stat.start} ${bootId()}`;
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identityOf(pidOf(identity)) === identity;
}

export function pidOf(identity: ProcessIdentity): number {
  return Number.parseInt(identity, 10);
}

/** Live processes of a group whose environment has the given entry: by that they are ours, even when the group's leader is gone. */
export function membersOf(group: number, entry: string): number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => {
    const stat = statOf(pid);
    return stat?.isAlive && stat.group === group && fileOf(pid, 'environ')?.split('\0').includes(entry);
  });
}

interface Stat {
  readonly isAlive: boolean;
  readonly group: number;
  readonly start: string;
}

function statOf(pid: number): Stat | undefined {
  const text = fileOf(pid, 'stat');
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name before it may hold anything; these begin with the third
  const [state = '', , group = ''] = fields;
  return { isAlive: !'ZX'.includes(state), group: Number(group), start: fields[19] ?? '' }; // a zombie is over, only not fetched yet
}

/** A process can end between any two looks at it. */
function fileOf(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
