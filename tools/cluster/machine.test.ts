import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { end } from './machine.ts';

test('ends a process, and minds none that is gone already', async () => {
  const [willing, gone] = [spawn('sleep', ['600']), spawn('true')];
  await once(gone, 'exit');
  await end(gone.pid!, 'SIGTERM'); // ! is safe: both are there on every system
  await end(willing.pid!, 'SIGTERM');
  assert.deepEqual([willing.signalCode ?? (await once(willing, 'exit'))[1], gone.exitCode], ['SIGTERM', 0]);
});
