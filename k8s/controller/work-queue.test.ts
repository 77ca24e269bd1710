import assert from 'node:assert/strict';
import { after, beforeEach, mock, test } from 'node:test';
import { type QueueObserver, retryMs, type WorkQueue, workQueue } from './work-queue.ts';

let queue: WorkQueue;
let told: string[];

after(() => mock.timers.reset());
beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  told = [];
  const observer: QueueObserver = {
    added: () => told.push('added'),
    retried: () => told.push('retried'),
    depth: () => {},
    waited: (seconds) => told.push(`waited ${seconds}`),
    worked: (seconds) => told.push(`worked ${seconds}`),
  };
  queue = workQueue(observer, () => Date.now());
});

/** The keys that wait, all of them done at once. */
async function drained(): Promise<string[]> {
  const keys: string[] = [];
  queue.add('(end)');
  for (let key = await queue.next(); key !== '(end)'; key = await queue.next()) {
    keys.push(key!);
    queue.done(key!);
  }
  queue.done('(end)');
  return keys;
}

test('a key waits once, however often it is asked for; keys come in the order of asking', async () => {
  for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
  assert.deepEqual(await drained(), ['a', 'b']);
});

test('a key that is asked for while it is worked on comes again, once, and not before', async () => {
  queue.add('a');
  assert.equal(await queue.next(), 'a');
  queue.add('a');
  queue.add('a');
  assert.deepEqual(await drained(), []);
  queue.done('a');
  assert.deepEqual(await drained(), ['a']);
});

test('a worker that waits gets the next key', async () => {
  const next = queue.next();
  queue.add('a');
  assert.equal(await next, 'a');
});

test('of several times for a key the earliest counts', async () => {
  queue.addAfter('a', 1_000);
  queue.addAfter('a', 5_000);
  queue.addAfter('b', 5_000);
  queue.addAfter('b', 1_000);
  mock.timers.tick(999);
  assert.deepEqual(await drained(), []);
  mock.timers.tick(1);
  assert.deepEqual(await drained(), ['a', 'b']);
  mock.timers.tick(60_000);
  assert.deepEqual(await drained(), []);
});

test('each failure doubles the pause, up to a minute; success makes the next one short again', async () => {
  assert.deepEqual([1, 2, 3, 14, 15, 2000].map(retryMs), [5, 10, 20, 40_960, 60_000, 60_000]);
  queue.addRetry('a');
  mock.timers.tick(5);
  assert.deepEqual(await drained(), ['a']);
  queue.addRetry('a');
  mock.timers.tick(5);
  assert.deepEqual(await drained(), []);
  mock.timers.tick(5);
  assert.deepEqual(await drained(), ['a']);
  queue.forget('a');
  queue.addRetry('a');
  mock.timers.tick(5);
  assert.deepEqual(await drained(), ['a']);
});

test('the observer hears how long keys waited and were worked on', async () => {
  queue.add('a');
  mock.timers.tick(2_000);
  await queue.next();
  mock.timers.tick(3_000);
  queue.done('a');
  assert.deepEqual(told, ['added', 'waited 2', 'worked 3']);
});

test('a closed queue sends workers home and takes nothing more', async () => {
  const next = queue.next();
  queue.addAfter('a', 10);
  queue.close();
  assert.equal(await next, undefined);
  queue.add('b');
  mock.timers.tick(10);
  assert.equal(await queue.next(), undefined);
});
