import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { SweepEvent } from '../study/log.ts';
import { startTestServer } from '../test/object-server.ts';
import { parseAddress } from './address.ts';
import { LogConflict } from './event-log.ts';
import { fetchFolder, InputNotFound } from './input.ts';
import { InvalidObject } from './storage-error.ts';
import { openSweepFolder } from './sweep-folder.ts';

const s3 = await startTestServer();
after(() => s3.close());

const open = (name: string) => openSweepFolder(s3.store, `s3://${s3.bucket}/sweeps/${name}`);
const failed = (trial: number): SweepEvent => ({
  type: 'failed',
  at: 1_000 + trial,
  trial,
  failure: { type: 'Crashed', message: 'exit code 1' },
});
const put = (path: string, text: string) => s3.store.put(parseAddress(`s3://${s3.bucket}/${path}`), text);

test('event log: segments come back in order, to the one who wrote them and to others', async () => {
  const [writer, reader] = [open('order'), open('order')];
  const events = Array.from({ length: 40 }, (_, trial) => failed(trial));
  assert.deepEqual(await reader.readLog(), []);
  for (const [segment, event] of events.slice(0, 10).entries()) await writer.appendLog(segment, [event]);
  assert.deepEqual(await reader.readLog(), events.slice(0, 10));
  await writer.appendLog(10, events.slice(10, 20));
  for (const [i, event] of events.slice(20).entries()) await writer.appendLog(11 + i, [event]);
  const both = Array.from({ length: 10 }, () => [reader.readLog(), writer.readLog()]).flat();
  assert.deepEqual(await Promise.all(both), Array(20).fill(events));
});

test('event log: a segment that was read or written is not fetched again', async () => {
  const [folder, reader] = [open('memory'), open('memory')];
  await folder.appendLog(0, [failed(0)]);
  assert.deepEqual(await reader.readLog(), [failed(0)]);
  await put('sweeps/memory/log/00000.ndjson', 'gone');
  assert.deepEqual(await folder.readLog(), [failed(0)]);
  assert.deepEqual(await reader.readLog(), [failed(0)]);
  await assert.rejects(
    open('memory').readLog(),
    (error: Error) => error instanceof InvalidObject && /log\/00000\.ndjson: must hold one JSON event per line/.test(error.message),
  );
});

test('event log: the same events again are fine, others are a conflict', async () => {
  const folder = open('conflict');
  await folder.appendLog(0, [failed(0)]);
  await folder.appendLog(0, [failed(0)]);
  await assert.rejects(folder.appendLog(0, [failed(1)]), LogConflict);
  assert.deepEqual(await folder.readLog(), [failed(0)]);
});

test('best: a copy of the trial’s model with its digests, fit to be the input of another sweep', async () => {
  const folder = open('best');
  const model = join(s3.folder, 'model');
  await mkdir(join(model, 'onnx'), { recursive: true });
  await writeFile(join(model, 'config.json'), '{"num_hidden_layers": 6}');
  await writeFile(join(model, 'onnx/weights'), 'weights');
  await folder.trial(3).saveModel(model);
  const published = await folder.publishBest(3, { metrics: { 'eval/accuracy': 0.8 } });

  assert.equal(published, 'published');
  const fetched = await fetchFolder(s3.store, `${folder.address}/best`, join(s3.folder, 'cache'));
  assert.equal(await readFile(join(fetched, 'onnx/weights'), 'utf8'), 'weights');
  const { trial, metrics, files } = JSON.parse(await readFile(join(fetched, 'manifest.json'), 'utf8'));
  assert.deepEqual([trial, metrics, Object.keys(files)], [3, { 'eval/accuracy': 0.8 }, ['config.json', 'onnx/weights']]);

  await put('sweeps/best/best/onnx/weights', 'weigths');
  await assert.rejects(fetchFolder(s3.store, `${folder.address}/best`, join(s3.folder, 'cache')), (error: Error) =>
    /best\/onnx\/weights: content is damaged/.test(error.message),
  );
});

test('best: a trainer need not leave a model, and one that was not stored whole is none', async () => {
  await put('sweeps/half/trials/00001/model/config.json', '{}');
  assert.equal(await open('half').publishBest(1, {}), 'noModel');
  assert.equal(await s3.store.find(parseAddress(`s3://${s3.bucket}/sweeps/half/best/manifest.json`)), undefined);
});

test('input: fetched once, and again when it has changed; local paths stay', async () => {
  const cache = join(s3.folder, 'cache');
  await put('data/labels.csv', 'text,label\n');
  const first = await fetchFolder(s3.store, `s3://${s3.bucket}/data/labels.csv`, cache);
  assert.match(first, /\/labels\.csv$/);
  await writeFile(first, 'still here');
  assert.equal(await fetchFolder(s3.store, `s3://${s3.bucket}/data/labels.csv`, cache), first);
  assert.equal(await readFile(first, 'utf8'), 'still here');
  await put('data/labels.csv', 'text,label\na,b\n');
  assert.equal(await readFile(await fetchFolder(s3.store, `s3://${s3.bucket}/data/labels.csv`, cache), 'utf8'), 'text,label\na,b\n');
  assert.equal(await fetchFolder(s3.store, s3.folder, cache), s3.folder);
});

test('input: what is not there is named', async () => {
  for (const address of [`s3://${s3.bucket}/nothing`, '/no/such/file.csv']) {
    await assert.rejects(
      fetchFolder(s3.store, address, s3.folder),
      (error: Error) => error instanceof InputNotFound && error.message.startsWith(address),
    );
  }
});

test('summary: what was written last is read, and nothing before', async () => {
  const folder = open('summary');
  assert.equal(await folder.readSummary(), undefined);
  await folder.writeSummary({ best: 1 });
  await folder.writeSummary({ best: 2 });
  assert.deepEqual(await folder.readSummary(), { best: 2 });
});
