/** A limit of memory as the container of a pod has it. Node reads it and keeps its heap small accordingly. */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeControlGroups, removeControlGroups } from '../../tools/cluster/control-groups.ts';

export interface MemoryLimit {
  /** The command line that runs a program within it: the process gets the program's number. */
  around(program: string, ...args: readonly string[]): readonly [string, ...(readonly string[])];
  remove(): Promise<void>;
}

/** @param name - of a control group that is made for it */
export function limitMemory(name: string, mebibytes: number): MemoryLimit {
  makeControlGroups(name);
  const first = path.join('/sys/fs/cgroup/memory', name); // version 1 of the kernel's interface
  const group = existsSync(first) ? first : path.join('/sys/fs/cgroup', name);
  writeFileSync(path.join(group, group === first ? 'memory.limit_in_bytes' : 'memory.max'), `${mebibytes * 2 ** 20}`);
  const enter = 'echo $$ >"$0/cgroup.procs" && exec "$@"';
  return {
    around: (program, ...args) => ['sh', '-c', enter, group, program, ...args],
    remove: () => removeControlGroups(name),
  };
}
