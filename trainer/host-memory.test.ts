import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { memoryKills } from './host-memory.ts';

const scratch = mkdtempSync(join(tmpdir(), 'permafrost-host-memory-'));
after(() => rmSync(scratch, { recursive: true }));

const events = 'low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n';
const control = 'oom_kill_disable 0\nunder_oom 0\noom_kill 4\n';
const version1 = '9:name=systemd:/\n4:memory:/pods/a\n2:cpu,cpuacct:/\n0::/\n';

const cases: readonly { readonly name: string; readonly files: Readonly<Record<string, string>>; readonly want: number | undefined }[] = [
  {
    name: 'version 2, a group of its own',
    files: { 'proc/self/cgroup': '0::/user.slice/a.scope\n', 'sys/fs/cgroup/user.slice/a.scope/memory.events': events },
    want: 2,
  },
  {
    name: 'version 2, a container that sees its group as the root',
    files: { 'proc/self/cgroup': '0::/kubepods/pod1/c\n', 'sys/fs/cgroup/memory.events': events },
    want: 2,
  },
  {
    name: 'version 1',
    files: { 'proc/self/cgroup': version1, 'sys/fs/cgroup/memory/pods/a/memory.oom_control': control },
    want: 4,
  },
  {
    name: 'version 1, a container that sees its group as the root',
    files: { 'proc/self/cgroup': version1, 'sys/fs/cgroup/memory/memory.oom_control': control },
    want: 4,
  },
  { name: 'version 2 without the memory controller', files: { 'proc/self/cgroup': '0::/\n' }, want: undefined },
  { name: 'no control groups', files: {}, want: undefined },
];
for (const [index, { name, files, want }] of cases.entries()) {
  test(`processes killed for want of memory: ${name}`, () => {
    const root = join(scratch, `${index}`);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    assert.equal(memoryKills(root), want);
  });
}
