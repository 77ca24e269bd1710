/** The control groups under which the kubelet keeps those of its pods, in both versions of the kernel's interface. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = '/sys/fs/cgroup';

/** Makes the group of this name in each hierarchy. */
export function makeControlGroups(name: string): void {
  if (existsSync(path.join(root, 'cgroup.controllers')))
    writeFileSync(path.join(root, 'cgroup.subtree_control'), '+cpuset +cpu +io +memory +pids');
  for (const hierarchy of hierarchies()) {
    const group = path.join(hierarchy, name);
    mkdirSync(group, { recursive: true });
    // In version 1 a new group of this kind has no processors and no memory until it is given some.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      if (existsSync(path.join(hierarchy, 'tasks')) && existsSync(path.join(hierarchy, file))) {
        writeFileSync(path.join(group, file), readFileSync(path.join(hierarchy, file)));
      }
    }
  }
}

/** Removes it with the groups in it, once the processes in them have ended. */
export async function removeControlGroups(name: string): Promise<void> {
  for (const hierarchy of hierarchies()) {
    const group = path.join(hierarchy, name);
    if (existsSync(group)) await removeGroup(group);
  }
}

/** Their roots: one in version 2; in version 1 one per kind, some of which are links to others. */
const hierarchies = (): readonly string[] =>
  existsSync(path.join(root, 'cgroup.procs'))
    ? [root]
    : readdirSync(root, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => path.join(root, name));

async function removeGroup(group: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      const children = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
      for (const { name } of children) await removeGroup(path.join(group, name));
      rmdirSync(group);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return; // gone already
      if (code !== 'EBUSY' || performance.now() > deadline) throw error; // a process is still on its way out
      await sleep(50);
    }
  }
}
