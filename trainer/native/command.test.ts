import assert from 'node:assert/strict';
import test from 'node:test';
import { run } from './command.ts';

const node = (code: string) => run({ doing: 'a step', program: process.execPath, args: ['-e', code], say: () => {} });

test('gives back what a program prints, but not its complaints', async () => {
  assert.equal(await node('console.log(1); console.error(2)'), '1\n');
});

test('a failure says what was being done and ends with what the program said', async () => {
  await assert.rejects(node('console.error("no disk"); process.exit(3)'), {
    name: 'CommandFailed',
    notFound: false,
    message: /^a step: .* ended with code 3\nno disk$/,
  });
  await assert.rejects(node('process.kill(process.pid, "SIGKILL")'), { message: /ended with SIGKILL/ });
});

test('a program that is not there is told apart', async () => {
  await assert.rejects(run({ doing: 'a step', program: 'no-such-program', args: [], say: () => {} }), {
    name: 'CommandFailed',
    notFound: true,
  });
});
