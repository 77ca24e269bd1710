/** What dies in mid-sweep: the worker, a trainer, the S3 server, each by kill -9. No trial is lost, and none runs twice. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Progress } from '../study/progress.ts';
import type { Summary } from '../study/summary.ts';
import { trialRows } from '../study/trial-rows.ts';
import { progress } from '../workflows/sweep.ts';
import { endChild, processes } from './processes.ts';
import { startTestSystem, type TestSystem } from './system.ts';
import { tcpProxy } from './tcp-proxy.ts';

let system: TestSystem;
let worker: ChildProcess;
before(async () => {
  system = await startTestSystem();
  worker = await system.startWorker();
});
after(() => system.close());

/** Two rungs, each long enough to be interrupted. */
const slowSweep = {
  stepSeconds: 0.15,
  numTrials: 4,
  pruneAlgorithm: { name: 'asha', minResource: 10, maxResource: 20, reductionFactor: 2 },
  finalSeeds: 1,
};

/** Python processes by the trial they work on; the wrapper around them has the variable, too. */
function trainers(folder: string): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const { pid, name, variables } of processes()) {
    const trial = variables.find((variable) => variable.startsWith(`PERMAFROST_TRIAL=${folder}`));
    if (name.startsWith('python') && trial !== undefined) found.set(trial, [...(found.get(trial) ?? []), pid]);
  }
  return found;
}

/** The next one to start: it has its whole leg before it, where any other may be at its end. */
async function nextTrainer(folder: string, signal: AbortSignal): Promise<number> {
  const now = (): readonly number[] => [...trainers(folder).values()].flat();
  const before = new Set(now());
  for (;;) {
    const started = now().find((pid) => !before.has(pid));
    if (started !== undefined) return started;
    await delay(20, undefined, { signal });
  }
}

/** Watches until the sweep ends; fails as soon as a trial has two processes. */
async function finished(id: string, folder: string, signal: AbortSignal): Promise<Summary> {
  const result = system.client.workflow.getHandle(id).result() as Promise<Summary>;
  const over = result.then(
    () => true,
    () => true,
  );
  while ((await Promise.race([over, delay(50, false, { signal })])) === false) {
    for (const [trial, pids] of trainers(folder)) assert.ok(pids.length <= 1, `${trial} has processes ${pids.join()}`);
  }
  return result;
}

async function reported(id: string, count: number, signal: AbortSignal): Promise<void> {
  const handle = system.client.workflow.getHandle(id);
  while ((await handle.query<Progress, []>(progress)).rungs[0]!.reports < count) await delay(50, undefined, { signal });
}

const wholeCounts = { search: 4, failed: 0, reachedTop: 2, finals: 1 };

test('a worker that is killed leaves its trials running, and the next one joins them', { timeout: 120_000 }, async ({ signal }) => {
  const { id, folder, results } = await system.submit({ ...slowSweep, stepSeconds: 0.5 });
  await reported(id, 1, signal);
  const orphan = await nextTrainer(folder, signal);
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  const survivors = [...trainers(folder).values()].flat();
  worker = await system.startWorker();
  assert.ok(survivors.includes(orphan), 'the trainer outlives its worker');

  assert.deepEqual((await finished(id, folder, signal)).counts, wholeCounts);
  const rows = trialRows(await results.readLog());
  assert.deepEqual(
    rows.map(({ state }) => state),
    Array(5).fill('ended'),
  );
});

test('a trainer that is killed goes on from its checkpoint', { timeout: 120_000 }, async ({ signal }) => {
  const { id, folder, results } = await system.submit(slowSweep);
  await reported(id, 1, signal);
  process.kill(await nextTrainer(folder, signal), 'SIGKILL');

  assert.deepEqual((await finished(id, folder, signal)).counts, wholeCounts);
  const logs = await Promise.all([0, 1, 2, 3].map((trial) => results.trial(trial).readLogs()));
  const starts = logs.flat().map(({ text }) => text.split('\n')[0]);
  assert.equal(starts.length, 7, starts.join('\n')); // four trials, two promotions, one start again
});

test('an S3 server that is away for a while delays a sweep and loses nothing', { timeout: 120_000 }, async ({ signal }) => {
  const { id, folder, results } = await system.submit(slowSweep);
  await reported(id, 1, signal);
  await system.s3.kill();
  await delay(2_000);
  await system.s3.restart();

  assert.deepEqual((await finished(id, folder, signal)).counts, wholeCounts);
  const reports = (await results.readLog()).filter((event) => event.type === 'reported').map(({ trial, rung }) => `${trial}/${rung}`);
  assert.equal(new Set(reports).size, reports.length);
});

test('a worker that dies while it asks the sampler is missed soon, and the next one asks', { timeout: 120_000 }, async ({ signal }) => {
  const proxy = await tcpProxy(new URL(system.s3.environment.AWS_ENDPOINT_URL!)); // ! is safe: it is always set
  try {
    proxy.freeze(); // what needs S3 waits
    await endChild(worker, 'SIGTERM');
    const doomed = await system.startWorker({ AWS_ENDPOINT_URL: `http://127.0.0.1:${proxy.port}` });
    const { id } = await system.submit({ numTrials: 1, finalSeeds: 0 });
    const handle = system.client.workflow.getHandle(id);
    const asks = async (): Promise<boolean> =>
      (await handle.describe()).raw.pendingActivities?.some(
        ({ activityType, lastStartedTime }) => activityType?.name === 'suggest' && lastStartedTime != null,
      ) === true;
    while (!(await asks())) await delay(50, undefined, { signal });
    await endChild(doomed, 'SIGKILL');
    worker = await system.startWorker();
    const { counts } = (await handle.result()) as Summary;
    assert.deepEqual(counts, { search: 1, failed: 0, reachedTop: 0, finals: 0 });
  } finally {
    await proxy.close();
  }
});
