import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { cp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSweepFolder } from '../../results/sweep-folder.ts';
import { startTestServer } from '../../test/object-server.ts';
import type { RunState, TrialJob, TrialRef } from '../runner.ts';
import { CommandNotFound } from './command.ts';
import { localRunner } from './local-runner.ts';
import { identityOf } from './process-identity.ts';
import type { Slot } from './slots.ts';

const s3 = await startTestServer();
after(() => s3.close());

const oneCpu: readonly Slot[] = [{ kind: 'cpu', threads: 1 }];
const environment = { ...process.env, ...s3.environment, SECRET_OF_THE_WORKER: 'x' };
const aRunner = (name: string, slots = oneCpu, graceSeconds = 5) =>
  localRunner({ stateFolder: join(s3.folder, name), builtInTrainer: [], slots, store: s3.store, environment, graceSeconds });
const aRef = (name: string, trial = 0): TrialRef => ({ sweep: { id: name, folder: `s3://${s3.bucket}/${name}` }, trial });
const runs = (ref: TrialRef, ...command: string[]): TrialJob => ({
  ref,
  rung: 0,
  study: 'test',
  template: { command, trainer: {}, lingerSeconds: 0 },
});
const shell = (ref: TrialRef, script: string): TrialJob => runs(ref, 'sh', '-c', script);
const quiet = { signal: new AbortController().signal, onState: () => {} };
const logsOf = (ref: TrialRef) => openSweepFolder(s3.store, ref.sweep.folder).trial(ref.trial).readLogs();
const scratch = (name: string) => join(s3.folder, name);
const lines = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
const until = async (holds: () => boolean) => {
  while (!holds()) await sleep(20);
};
const isThere = (pid: number) => identityOf(pid) !== undefined;

test('local runner: tells how a program ended, and keeps all it said', async () => {
  const runner = aRunner('ends');
  const ref = aRef('ends');
  const exit = await runner.attach(shell(ref, 'echo to stdout; echo to stderr >&2; exit 65'), quiet);
  assert.deepEqual(exit, { kind: 'exited', code: 65, logTail: 'to stdout\nto stderr\n' });
  assert.deepEqual(await logsOf(ref), [{ attempt: 1, text: 'to stdout\nto stderr\n' }]);

  assert.deepEqual(await runner.attach(shell(ref, 'echo again'), quiet), { kind: 'exited', code: 0, logTail: 'again\n' });
  await runner.remove(ref);
  await runner.attach(shell(ref, 'echo after removal'), quiet);
  assert.deepEqual(
    (await logsOf(ref)).map(({ attempt, text }) => `${attempt} ${text}`),
    ['1 to stdout\nto stderr\n', '2 again\n', '3 after removal\n'],
  );
});

test('local runner: a program gets the address of its trial, S3, and its slot, and nothing of the worker’s', async () => {
  const ref = aRef('environment', 7);
  const runner = aRunner('environment', [{ kind: 'gpu', device: '3' }]);
  const { logTail } = await runner.attach(runs(ref, 'env'), quiet);
  const seen = new Map(
    logTail
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s) as [string, string]),
  );
  assert.equal(seen.get('PERMAFROST_TRIAL'), `s3://${s3.bucket}/environment/trials/00007`);
  assert.equal(seen.get('CUDA_VISIBLE_DEVICES'), '3');
  assert.equal(seen.get('AWS_ENDPOINT_URL'), s3.environment.AWS_ENDPOINT_URL);
  const others = [...seen.keys()].filter(
    (name) => !/^(AWS_.*|XDG_.*|PATH|HOME|PERMAFROST_TRIAL|CUDA_VISIBLE_DEVICES|PWD|OLDPWD|SHLVL|_)$/.test(name),
  );
  assert.deepEqual(others, []);

  const cpu = await aRunner('environment-cpu', [{ kind: 'cpu', threads: 2 }]).attach(runs(aRef('environment-cpu'), 'env'), quiet);
  for (const line of ['OMP_NUM_THREADS=2', 'TF_NUM_INTRAOP_THREADS=2', 'CUDA_VISIBLE_DEVICES=-1'])
    assert.ok(cpu.logTail.includes(`${line}\n`), line);
});

test('local runner: a program killed by a signal is told as that', async () => {
  const exit = await aRunner('killed').attach(shell(aRef('killed'), 'echo dying; kill -KILL $$'), quiet);
  assert.deepEqual({ ...exit, logTail: '' }, { kind: 'killed', signal: 'SIGKILL', logTail: '' });
  assert.match(exit.logTail, /^dying\n/);
});

test('local runner: a kill of the whole group is an end that nobody saw', async () => {
  const exit = await aRunner('lost').attach(shell(aRef('lost'), 'kill -s KILL -- -$(cut -d" " -f5 /proc/$$/stat)'), quiet);
  assert.equal(exit.kind, 'lost');
});

test('local runner: what a crashed program leaves behind is ended before the crash is told', async () => {
  const pid = scratch('orphan.pid');
  await aRunner('orphan').attach(
    shell(
      aRef('orphan'),
      `sh -c 'trap "" TERM; echo $$ >${pid}; while :; do sleep 1; done' & until [ -s ${pid} ]; do sleep 0.01; done; exit 3`,
    ),
    quiet,
  );
  assert.equal(isThere(Number(lines(pid)[0])), false);
});

test('local runner: a program that is not there is an error that says where it was looked for', async () => {
  const missing = aRunner('missing').attach(runs(aRef('missing'), 'no-such-trainer'), quiet);
  await assert.rejects(
    missing,
    (error: Error) => error instanceof CommandNotFound && /"no-such-trainer": no such program in .*\/bin/.test(error.message),
  );
});

test('local runner: a slot is given in the order of asking, and those who wait are told so', async () => {
  const runner = aRunner('order');
  const states: string[] = [];
  const run = (trial: number) =>
    runner.attach(shell(aRef('order', trial), 'exit 0'), {
      signal: quiet.signal,
      onState: (state: RunState) => states.push(`${trial} ${state}`),
    });
  await Promise.all([0, 1, 2, 3].map(run));
  const told = (state: RunState) => [0, 1, 2, 3].map((trial) => `${trial} ${state}`);
  assert.deepEqual(states.toSorted(), [...told('queued'), ...told('running')].toSorted());
  assert.deepEqual(
    states.filter((state) => state.endsWith('running')),
    told('running'),
  );
});

test('local runner: no more run than there are slots', async () => {
  const runner = aRunner('slots', [oneCpu[0]!, oneCpu[0]!]);
  const file = scratch('slots.txt');
  const run = (trial: number) =>
    runner.attach(shell(aRef('slots', trial), `echo start ${trial} >>${file}; sleep 0.3; echo end ${trial} >>${file}`), quiet);
  await Promise.all([0, 1, 2, 3, 4].map(run));
  const seen = lines(file);
  const running = seen.map((_, i) => seen.slice(0, i + 1).reduce((n, line) => n + (line.startsWith('start') ? 1 : -1), 0));
  assert.ok(Math.max(...running) <= 2, seen.join(', '));
  assert.equal(running.at(-1), 0, seen.join(', '));
});

test('local runner: ten calls for one trial run one program, and all hear its end', async () => {
  const runner = aRunner('ten');
  const file = scratch('ten.txt');
  const exits = await Promise.all(
    Array.from({ length: 10 }, () => runner.attach(shell(aRef('ten'), `echo run >>${file}; sleep 0.3; exit 4`), quiet)),
  );
  assert.deepEqual(
    exits.map((exit) => exit.kind === 'exited' && exit.code),
    Array(10).fill(4),
  );
  assert.deepEqual(lines(file), ['run']);
});

test('local runner: letting go leaves the program alone, and leaves the queue', async () => {
  const runner = aRunner('let-go');
  const [ref, waiting] = [aRef('let-go', 0), aRef('let-go', 1)];
  const go = scratch('let-go.go');
  const letGo = new AbortController();
  const first = runner.attach(shell(ref, `until [ -e ${go} ]; do sleep 0.02; done; exit 5`), { signal: letGo.signal, onState: () => {} });
  const second = runner.attach(shell(waiting, 'echo never'), { signal: letGo.signal, onState: () => {} });
  await until(() => existsSync(join(scratch('let-go'), 'let-go/00000/1/process')));
  letGo.abort(new Error('let go'));
  await assert.rejects(first, /let go/);
  await assert.rejects(second, /let go/);
  const again = runner.attach(shell(ref, 'echo a second program'), quiet);
  await writeFile(go, '');
  assert.deepEqual(await again, { kind: 'exited', code: 5, logTail: '' });
  assert.deepEqual(await logsOf(waiting), []);
});

test('local runner: a failure that came while nobody listened is told, a good end is not', async () => {
  for (const [name, code, told] of [
    ['untold', 9, true],
    ['well', 0, false],
    ['preempted', 75, false],
  ] as const) {
    const runner = aRunner(name);
    const letGo = new AbortController();
    const lost = runner.attach(shell(aRef(name), `sleep 0.1; exit ${code}`), { signal: letGo.signal, onState: () => letGo.abort() });
    await assert.rejects(lost);
    const started = runner.attach(shell(aRef(name), `sleep 0.1; exit ${code}`), { signal: AbortSignal.timeout(50), onState: () => {} });
    await assert.rejects(started);
    await until(() => existsSync(join(scratch(name), name, '00000/1/exit')));
    await sleep(200);
    const exit = await runner.attach(shell(aRef(name), 'exit 1'), quiet);
    assert.deepEqual(exit, { kind: 'exited', code: told ? code : 1, logTail: '' }, name);
    assert.deepEqual(await runner.attach(shell(aRef(name), 'exit 2'), quiet), { kind: 'exited', code: 2, logTail: '' }, name);
  }
});

test('local runner: remove asks first, then uses force, and leaves nothing', async () => {
  const polite = aRef('polite');
  const runner = aRunner('polite');
  const ended = runner.attach(shell(polite, `trap 'echo asked; exit 75' TERM; echo $$; while :; do sleep 0.05; done`), quiet);
  await until(
    () =>
      lines(join(scratch('polite'), 'polite/00000/1/output.log')).length === 1 &&
      lines(join(scratch('polite'), 'polite/00000/1/output.log'))[0] !== '',
  );
  await runner.remove(polite);
  assert.match((await logsOf(polite))[0]!.text, /^\d+\n(Terminated\n)?asked\n$/);
  const exit = await ended;
  assert.equal(exit.kind === 'exited' && exit.code, 75);
  assert.equal(existsSync(join(scratch('polite'), 'polite/00000')), false);
  await runner.remove(polite);

  const deaf = aRef('deaf');
  const hard = aRunner('deaf', oneCpu, 0.2);
  const killed = hard.attach(shell(deaf, `trap '' TERM; echo $$; while :; do sleep 0.05; done`), quiet);
  await until(() => lines(join(scratch('deaf'), 'deaf/00000/1/output.log'))[0]?.match(/\d/) != null);
  const pid = Number(lines(join(scratch('deaf'), 'deaf/00000/1/output.log'))[0]);
  await hard.remove(deaf);
  const forced = await killed;
  assert.deepEqual([forced.kind, forced.kind === 'killed' && forced.signal], ['killed', 'SIGKILL']);
  assert.equal(isThere(pid), false);
});

test('local runner: what a killed worker has half removed is no obstacle to the next one, which removes the rest', async () => {
  const ref = aRef('half');
  const folder = join(scratch('half'), 'half');
  await aRunner('half').attach(shell(ref, 'exit 0'), quiet);
  await rename(join(folder, '00000'), join(folder, '00000.leaving')); // as it is after a kill in mid-removal
  await rm(join(folder, '00000.leaving/1/claim.json'));
  await cp(join(folder, '00000.leaving'), join(folder, '00001'), { recursive: true }); // as a reader may meet it

  const next = aRunner('half');
  assert.deepEqual(await next.attach(shell(aRef('half', 2), 'exit 3'), quiet), { kind: 'exited', code: 3, logTail: '' });
  for (const trial of [0, 1, 2]) await next.remove(aRef('half', trial));
  assert.deepEqual(await readdir(folder), []);
});

/** A worker of its own that attaches to one trial and prints the exit; or does something else with `runner`, `job` and `options`. */
const worker = (name: string, script: string, body = 'console.log(JSON.stringify(await runner.attach(job, options)));'): ChildProcess => {
  const program = `
    import { connectObjectStore } from ${JSON.stringify(import.meta.resolve('../../results/object-store.ts'))};
    import { localRunner } from ${JSON.stringify(import.meta.resolve('./local-runner.ts'))};
    const runner = localRunner({ stateFolder: ${JSON.stringify(join(s3.folder, name))}, slots: [{ kind: 'cpu', threads: 1 }], store: connectObjectStore(), environment: process.env, graceSeconds: 5 });
    const job = ${JSON.stringify(shell(aRef(name), script))};
    const options = { signal: new AbortController().signal, onState: () => {} };
    ${body}`;
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment,
  });
};

test('local runner: a worker killed with -9 leaves its process, and the next worker takes it over, slot included', async () => {
  const file = scratch('takeover.txt');
  const go = scratch('takeover.go');
  const script = `echo run $$ >>${file}; until [ -e ${go} ]; do sleep 0.02; done; exit 6`;
  const first = worker('takeover', script);
  await until(() => lines(file).length === 1);
  first.kill('SIGKILL');
  await once(first, 'exit');

  const next = aRunner('takeover');
  const states: string[] = [];
  const exit = next.attach(shell(aRef('takeover'), script), { signal: quiet.signal, onState: (state) => states.push(state) });
  const other = next.attach(shell(aRef('takeover', 1), 'echo other'), {
    signal: quiet.signal,
    onState: (state) => states.push(`other ${state}`),
  });
  await sleep(300);
  assert.deepEqual(states, ['running', 'other queued']);
  await writeFile(go, '');
  assert.deepEqual(await exit, { kind: 'exited', code: 6, logTail: '' });
  assert.equal((await other).logTail, 'other\n');
  assert.equal(lines(file).length, 1);
});

test('local runner: how a process ended after its worker was killed is known to the next', async () => {
  const file = scratch('ended.txt');
  const first = worker('ended', `echo run >>${file}; sleep 0.5; exit 8`);
  await until(() => lines(file).length === 1);
  first.kill('SIGKILL');
  await until(() => existsSync(join(scratch('ended'), 'ended/00000/1/exit')));
  assert.deepEqual(await aRunner('ended').attach(shell(aRef('ended'), `echo run >>${file}`), quiet), {
    kind: 'exited',
    code: 8,
    logTail: '',
  });
  assert.equal(lines(file).length, 1);
});

test('local runner: three workers started at once run one program', async () => {
  const file = scratch('three.txt');
  const workers = Array.from({ length: 3 }, () => worker('three', `echo run >>${file}; sleep 3; exit 7`));
  const outputs = await Promise.all(workers.map(async (child) => (await Array.fromAsync(child.stdout!)).join('')));
  for (const output of outputs) assert.equal(JSON.parse(output).code, 7);
  assert.deepEqual(lines(file), ['run']);
});

test('local runner: the log is in S3 while the program runs', async () => {
  const ref = aRef('live');
  const go = scratch('live.go');
  const exit = aRunner('live').attach(shell(ref, `echo early; until [ -e ${go} ]; do sleep 0.05; done`), quiet);
  while ((await logsOf(ref)).length === 0) await sleep(100);
  assert.deepEqual(await logsOf(ref), [{ attempt: 1, text: 'early\n' }]);
  await writeFile(go, '');
  await exit;
});

test('local runner: an end that comes while the S3 server is away is told when it is back, with the log', async () => {
  const ref = aRef('away');
  const exit = aRunner('away').attach(shell(ref, 'echo last words; sleep 0.3; exit 9'), quiet);
  await until(() => existsSync(join(scratch('away'), 'away/00000/1/process')));
  await s3.kill();
  await until(() => existsSync(join(scratch('away'), 'away/00000/1/exit')));
  await s3.restart();
  assert.deepEqual(await exit, { kind: 'exited', code: 9, logTail: 'last words\n' });
  assert.deepEqual(await logsOf(ref), [{ attempt: 1, text: 'last words\n' }]);
});

test('local runner: suspend ends all that runs, as a preemption', async () => {
  const runner = aRunner('suspend', [oneCpu[0]!, oneCpu[0]!]);
  const script = `trap 'exit 75' TERM; echo $$; while :; do sleep 0.05; done`;
  const ends = [0, 1].map((trial) => runner.attach(shell(aRef('suspend', trial), script), quiet));
  for (const trial of [0, 1]) await until(() => /\d/.test(lines(join(scratch('suspend'), `suspend/0000${trial}/1/output.log`))[0] ?? ''));
  await runner.suspend();
  for (const exit of await Promise.all(ends)) assert.equal(exit.kind === 'exited' && exit.code, 75);
});

test('local runner: a worker with nothing else to do waits for the end of what it suspends', async () => {
  const script = `trap 'sleep 0.3; exit 75' TERM; echo $$; while :; do sleep 0.05; done`;
  const body = `
    const letGo = new AbortController();
    const onState = (state) => { if (state === 'running') letGo.abort(); };
    await runner.attach(job, { signal: letGo.signal, onState }).catch(() => {});
    await runner.suspend();
    console.log('suspended');`;
  const suspending = worker('waits', script, body);
  const said = suspending.stdout!.toArray(); // ! is safe: it is a pipe
  assert.deepEqual(await once(suspending, 'exit'), [0, null]);
  assert.equal((await said).join(''), 'suspended\n');
});
