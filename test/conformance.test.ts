/** The example trainer keeps the contract, and the check sees what breaks it. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkConformance } from '../cli/conformance/conformance.ts';
import { openSweepFolder } from '../results/sweep-folder.ts';
import { localRunner } from '../runners/local/local-runner.ts';
import { startTestServer } from './object-server.ts';

const s3 = await startTestServer();
after(() => s3.close());

const example = join(import.meta.dirname, '../examples/python-trainer/trainer.py');
const trial = {
  rungs: [20, 40, 60],
  objectives: [{ metric: 'eval/loss', direction: 'minimize' }],
  assignment: { learningRate: 0.1, momentum: 0.5 },
  trainer: { stepSeconds: 0.01 },
} as const;

const checksOf = (name: string, command: readonly string[]) => {
  const environment = { ...process.env, ...s3.environment };
  const runner = localRunner({
    stateFolder: join(s3.folder, name),
    builtInTrainer: [],
    slots: [{ kind: 'cpu', threads: 1 }],
    store: s3.store,
    environment,
    graceSeconds: 5,
  });
  const sweep = { id: name, folder: `s3://${s3.bucket}/${name}` };
  return Array.fromAsync(checkConformance(command, { store: s3.store, runner, sweep, trial, waitSeconds: 30 }));
};

const breaks: readonly { name: string; from: string; to: string; fails: readonly RegExp[] }[] = [
  {
    name: 'reports one step too late',
    from: '"step": step,',
    to: '"step": step + 1,',
    fails: [
      /^reads trial\.json and reports rung 0; seen: step 21, not 20$/,
      /^has its checkpoint in place .*LATEST "20", not "21"/,
      /same process .*seen: step 41, not 40/,
      /promoted, .*step 61/,
      /started again, goes on .*step 241/,
    ],
  },
  {
    name: 'dies on SIGTERM',
    from: 'signal.signal(signal.SIGTERM, lambda *_: terminated.append(True))',
    to: 'pass',
    fails: [
      /^on SIGTERM in the middle of a leg, ends with 75; seen: ended by SIGTERM/,
      /and has written a checkpoint; seen: no checkpoint\/LATEST/,
      /^started again, goes on to its goal; seen: attempt 1, not 2/,
    ],
  },
  {
    name: 'writes its report again',
    from: 'if folder.get(f"reports/{rung}.json") is None:',
    to: 'folder.create = folder.put\n        if True:',
    fails: [/^leaves the reports that are there as they are; seen: they were written again/, /attempt 3, not 2/],
  },
];

// Side by side, as they mostly linger.
suite('conformance', { concurrency: true }, () => {
  test('conformance: the example trainer in Python keeps the contract', async () => {
    const checks = await checksOf('example', ['python3', example]);
    assert.deepEqual(
      checks.filter(({ passed }) => !passed),
      [],
    );
    assert.equal(checks.length, 13);
  });

  for (const { name, from, to, fails } of breaks) {
    test(`conformance: a trainer that ${name} does not`, async () => {
      const source = await readFile(example, 'utf8');
      assert.ok(source.includes(from));
      const broken = join(s3.folder, `${name}.py`);
      await writeFile(broken, source.replace(from, to));
      const failed = (await checksOf(name.replaceAll(' ', '-'), ['python3', broken])).filter(({ passed }) => !passed);
      assert.equal(failed.length, fails.length, JSON.stringify(failed));
      for (const [i, pattern] of fails.entries()) assert.match(failed[i]!.text, pattern);
    });
  }
});

test('conformance: a program that does nothing fails at once, and the rest is left out', async () => {
  const checks = await checksOf('nothing', ['sh', '-c', 'echo not a trainer; exit 3']);
  assert.deepEqual(
    checks.map(({ text }) => text),
    [
      'reads trial.json and reports rung 0; seen: no report of rung 0; exit code 3, its output ends with "not a trainer"',
      'ends with 64 on a trial.json of an unknown schema; seen: exit code 3, its output ends with "not a trainer"',
    ],
  );
});

test('conformance: the example trainer goes on when the S3 server is killed in mid-leg and comes back', async () => {
  const environment = { ...process.env, ...s3.environment };
  const runner = localRunner({
    stateFolder: join(s3.folder, 'faults'),
    builtInTrainer: [],
    slots: [{ kind: 'cpu', threads: 1 }],
    store: s3.store,
    environment,
    graceSeconds: 5,
  });
  const ref = { sweep: { id: 'faults', folder: `s3://${s3.bucket}/faults` }, trial: 0 };
  const folder = openSweepFolder(s3.store, ref.sweep.folder).trial(0);
  await folder.createTrial({
    ...trial,
    schema: 1,
    sweep: 'faults',
    trial: 0,
    purpose: 'final',
    seed: 1,
    rungs: [100],
    horizon: 100,
    lingerSeconds: 0,
  });
  const states: string[] = [];
  const exit = runner.attach(
    { ref, rung: 0, study: 'test', template: { command: ['python3', example], trainer: {}, lingerSeconds: 0 } },
    { signal: new AbortController().signal, onState: (state) => states.push(state) },
  );
  while (!states.includes('running')) await sleep(20);
  await sleep(300);
  await s3.kill();
  await sleep(1_500); // past the end of the leg
  await s3.restart();
  const { kind, logTail } = await exit;
  assert.equal(kind, 'exited', logTail);
  const report = await folder.findReport(0);
  assert.deepEqual([report?.step, report?.attempt, Object.keys(report?.metrics ?? {}).includes('test/accuracy')], [100, 1, true]);
});
