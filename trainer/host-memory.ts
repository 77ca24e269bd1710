/** What the Linux kernel says of processes that it has killed because memory ran short. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * How many processes of this process's control group the kernel has killed for want of memory, whether at the group's limit or the machine's.
 * @param root - of the file system
 * @returns undefined where it does not say: on other systems, and where the group's files are out of sight
 * @see Linux, Documentation/admin-guide/cgroup-v2.rst, memory.events; cgroup-v1/memory.rst, memory.oom_control
 */
export function memoryKills(root = '/'): number | undefined {
  const groups = readIfThere(join(root, 'proc/self/cgroup')) ?? '';
  const unified = groups
    .split('\n')
    .find((line) => line.startsWith('0::'))
    ?.slice(3);
  const ofVersion1 = /^\d+:(?:\S+,)?memory(?:,\S+)?:(.*)$/m.exec(groups)?.[1];
  const at = (path: string) => join(root, 'sys/fs/cgroup', path);
  // A container may see its own group as the root of all, and yet its path as the host has it.
  const files = [
    ...(ofVersion1 === undefined ? [] : [ofVersion1, '/'].map((group) => at(join('memory', group, 'memory.oom_control')))),
    ...(unified === undefined ? [] : [unified, '/'].map((group) => at(join(group, 'memory.events')))),
  ];
  for (const file of files) {
    const count = /^oom_kill (\d+)$/m.exec(readIfThere(file) ?? '')?.[1];
    if (count !== undefined) return Number(count);
  }
  return undefined;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
