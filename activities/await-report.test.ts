import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exit } from '../runners/runner.ts';
import type { Report } from '../study/trial.ts';
import { awaitReport } from './await-report.ts';

const report: Report = {
  schema: 1,
  trial: 0,
  rung: 0,
  step: 1,
  metrics: {},
  diverged: false,
  cost: { seconds: 0, gpuSeconds: 0 },
  attempt: 1,
  versions: {},
};
const done: Exit = { kind: 'exited', code: 0, logTail: '' };
const signal = new AbortController().signal;
const never = new Promise<never>(() => {});

/** A folder in which the report is found when it is asked for the nth time. */
function folderWith(nth: number) {
  const asked = { times: 0 };
  return { asked, findReport: async () => (++asked.times >= nth ? report : undefined) };
}

test('nothing is asked while the trainer is queued, however long', async () => {
  const folder = folderWith(1);
  const { promise: running, resolve: run } = Promise.withResolvers<void>();
  const awaited = awaitReport(folder, 0, { running, ended: never }, signal);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(folder.asked.times, 0);
  run();
  assert.equal(await awaited, report);
});

test('a trainer that runs is asked again and again', async () => {
  assert.equal(await awaitReport(folderWith(3), 0, { running: Promise.resolve(), ended: never }, signal), report);
});

test('a trainer that ended before it was seen running is asked once', async () => {
  const [left, silent] = [folderWith(1), folderWith(2)];
  assert.equal(await awaitReport(left, 0, { running: never, ended: Promise.resolve(done) }, signal), report);
  assert.equal(await awaitReport(silent, 0, { running: never, ended: Promise.resolve(done) }, signal), undefined);
  assert.deepEqual([left.asked.times, silent.asked.times], [1, 1]);
});

test('whatever ends the trainer otherwise is told', async () => {
  const ended = Promise.reject(new Error('the image is missing'));
  await assert.rejects(awaitReport(folderWith(1), 0, { running: never, ended }, signal), /the image is missing/);
});
