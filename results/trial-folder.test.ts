import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Report, TrialFile } from '../study/trial.ts';
import { startTestServer } from '../test/object-server.ts';
import { parseAddress } from './address.ts';
import { InvalidObject, ObjectNotFound } from './storage-error.ts';
import { openTrialFolder } from './trial-folder.ts';

const s3 = await startTestServer();
after(() => s3.close());

const aTrial = (changes: Partial<TrialFile> = {}): TrialFile => ({
  schema: 1,
  sweep: 'research.sections.1f3a9c2e',
  trial: 42,
  purpose: 'search',
  seed: 7042,
  rungs: [50, 150],
  horizon: 150,
  lingerSeconds: 20,
  objectives: [{ metric: 'eval/accuracy', direction: 'maximize' }],
  assignment: { 'layers.frozenPrefix': 1, method: 'full' },
  layers: [
    { name: 'embeddings', mode: 'frozen' },
    { name: 'head', mode: 'full', learningRate: 1e-3 },
  ],
  trainer: { model: 's3://models/minilm' },
  ...changes,
});
const aReport = (changes: Partial<Report> = {}): Report => ({
  schema: 1,
  trial: 42,
  rung: 0,
  step: 50,
  metrics: { 'eval/accuracy': 0.71, 'eval/loss': null },
  diverged: false,
  cost: { seconds: 41.2, gpuSeconds: 38 },
  attempt: 1,
  versions: { trainer: '0.1.0' },
  ...changes,
});
const open = (name: string) => openTrialFolder(s3.store, `s3://${s3.bucket}/${name}`);
const put = (path: string, text: string) => s3.store.put(parseAddress(`s3://${s3.bucket}/${path}`), text);

test('trial folder: the first trial.json wins, and each writer learns what is there', async () => {
  const folder = open('first-wins');
  await assert.rejects(folder.readTrial(), ObjectNotFound);
  const written = await Promise.all([1, 2, 3, 4].map((seed) => folder.createTrial(aTrial({ seed }))));
  for (const file of written) assert.deepEqual(file, await folder.readTrial());
});

test('trial folder: a report is written once; the same again counts as created, another does not', async () => {
  const folder = open('once');
  assert.equal(await folder.findReport(0), undefined);
  assert.equal(await folder.createReport(aReport()), 'created');
  assert.equal(await folder.createReport(aReport()), 'created'); // a first answer that was lost
  assert.equal(await folder.createReport(aReport({ step: 51 })), 'exists');
  assert.deepEqual(await folder.findReport(0), aReport());
});

test('trial folder: the newest decision is that of the highest rung', async () => {
  const folder = open('decisions');
  assert.equal(await folder.newestDecision(), undefined);
  const stop = { schema: 1, stop: true, reason: { code: 'rankedBelowTop', rank: 3, of: 4, kept: 1 } } as const;
  assert.equal(await folder.createDecision(10, stop), 'created');
  assert.equal(await folder.createDecision(2, { schema: 1, continueTo: 450 }), 'created');
  assert.equal(await folder.createDecision(2, { schema: 1, continueTo: 150 }), 'exists');
  assert.deepEqual(await folder.newestDecision(), { rung: 10, decision: stop });
  assert.deepEqual(await folder.findDecision(2), { schema: 1, continueTo: 450 });
});

test('trial folder: logs are kept by attempt', async () => {
  const folder = open('logs');
  await folder.putLog(2, 'second\n');
  await folder.putLog(10, 'tenth\n');
  assert.deepEqual(await folder.listLogs(), [2, 10]);
  assert.deepEqual(await folder.readLogs(), [
    { attempt: 2, text: 'second\n' },
    { attempt: 10, text: 'tenth\n' },
  ]);
});

const wrong: readonly { name: string; text: string; says: RegExp }[] = [
  {
    name: 'not JSON',
    text: '{"schema": 1, "metrics": {"eval/loss": NaN}}',
    says: /reports\/0\.json: must be JSON, with NaN and infinities written as null/,
  },
  {
    name: 'a metric that is text',
    text: JSON.stringify({ ...aReport(), metrics: { 'eval/loss': '0.9' } }),
    says: /metrics\["eval\/loss"\]: must be a number, or null for NaN, got "0\.9"/,
  },
  {
    name: 'a missing step',
    text: JSON.stringify({ ...aReport(), step: undefined }),
    says: /: step: .*expected number, received undefined/,
  },
  { name: 'another version', text: JSON.stringify({ ...aReport(), schema: 2 }), says: /: schema: must be 1, .* got 2/ },
  {
    name: 'a checkpoint elsewhere',
    text: JSON.stringify({ ...aReport(), checkpoint: '/tmp/x' }),
    says: /: checkpoint: must be a path below the trial's folder/,
  },
  { name: 'another rung', text: JSON.stringify(aReport({ rung: 1 })), says: /: rung: must be 0, got 1/ },
];
for (const { name, text, says } of wrong) {
  test(`trial folder: a report with ${name} is refused by its field`, async () => {
    await put(`wrong/${name}/reports/0.json`, text);
    await assert.rejects(open(`wrong/${name}`).findReport(0), (error: Error) => error instanceof InvalidObject && says.test(error.message));
  });
}

const checkpoint = async (name: string, text: string): Promise<string> => {
  const folder = join(s3.folder, name);
  await mkdir(join(folder, 'moments'), { recursive: true });
  await writeFile(join(folder, 'weights.bin'), text);
  await writeFile(join(folder, 'moments/m.bin'), `moments of ${text}`);
  return folder;
};

test('checkpoint: the newest comes back; a damaged or lost one gives way to the one before', async () => {
  const folder = open('checkpoints');
  const local = join(s3.folder, 'restored');
  const skipped: number[] = [];
  const restore = () => folder.restoreCheckpoint(local, ({ step }) => skipped.push(step));
  assert.equal(await restore(), undefined);

  for (const step of [50, 100, 150]) await folder.saveCheckpoint(step, await checkpoint(`at-${step}`, `weights at ${step}`));
  assert.deepEqual(await restore(), { step: 150 });
  assert.equal(await readFile(join(local, 'moments/m.bin'), 'utf8'), 'moments of weights at 150');
  assert.deepEqual((await readdir(local)).toSorted(), ['moments', 'weights.bin']);

  await put('checkpoints/checkpoint/150/weights.bin', 'weights at 15O');
  assert.deepEqual(await restore(), { step: 100 });
  assert.equal(await readFile(join(local, 'weights.bin'), 'utf8'), 'weights at 100');
  await s3.store.removeAll(parseAddress(`s3://${s3.bucket}/checkpoints/checkpoint/100`));
  assert.equal(await restore(), undefined);
  assert.deepEqual(skipped, [150, 150]);
});

test('checkpoint: one that was being written when its writer died is not used', async () => {
  const folder = open('half');
  await folder.saveCheckpoint(50, await checkpoint('half-50', 'whole'));
  await put('half/checkpoint/100/weights.bin', 'the rest never came');
  assert.deepEqual(await folder.restoreCheckpoint(join(s3.folder, 'half'), () => assert.fail('nothing is skipped')), { step: 50 });
  await folder.saveCheckpoint(100, await checkpoint('half-100', 'later'));
  assert.deepEqual(await folder.restoreCheckpoint(join(s3.folder, 'half'), () => assert.fail('nothing is skipped')), { step: 100 });
});
