/** The main job without the encoder: real Temporal, S3 server, worker and trainer processes. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { parseAddress } from '../results/address.ts';
import type { SweepLog } from '../study/log.ts';
import type { Progress } from '../study/progress.ts';
import { prunerOf } from '../study/pruners/pruner-of.ts';
import { emptyRung, type Rung, withClosed, withReport } from '../study/rung.ts';
import type { Summary } from '../study/summary.ts';
import { trialRows } from '../study/trial-rows.ts';
import { extend, pause, progress, resume, setParallelTrials, stopTrial } from '../workflows/sweep.ts';
import { startTestSystem, type TestSystem } from './system.ts';

let system: TestSystem;
before(async () => {
  system = await startTestSystem({ continueAsNewAfter: 60 });
  await system.startWorker();
});
after(() => system.close());

const handle = (id: string) => system.client.workflow.getHandle(id);
const closed = async (query: string): Promise<string[]> =>
  (await Array.fromAsync(system.client.workflow.list({ query }))).map(({ status }) => status.name);

/** Waits until the sweep is as wanted; the test's own time limit bounds it. */
async function until(id: string, signal: AbortSignal, isSo: (progress: Progress) => boolean): Promise<Progress> {
  for (;;) {
    const seen = await handle(id).query<Progress, []>(progress);
    if (isSo(seen)) return seen;
    await delay(50, undefined, { signal });
  }
}

test('a sweep runs to its end over several workflow runs, and its log explains every decision', { timeout: 120_000 }, async () => {
  const { id, results } = await system.submit({ numTrials: 9 });
  const summary = (await handle(id).result()) as Summary;
  const log = await results.readLog();
  const rows = trialRows(log);

  assert.deepEqual(summary.counts, { search: 9, failed: 0, reachedTop: 1, finals: 1 });
  assert.deepEqual(
    rows.map(({ state }) => state),
    Array(10).fill('ended'),
  );
  assert.equal(rows.find(({ trial }) => trial === summary.best?.trial)?.step, 9);
  assert.deepEqual(await results.readSummary(), JSON.parse(JSON.stringify(summary)));
  assert.match((await results.readReport())!, /<h1>python<\/h1>/);
  assert.deepEqual(log.filter(({ type }) => type === 'finished').length, 1);
  assertDecisionsFollow(log);
  const objects = await Array.fromAsync(system.s3.store.list(parseAddress(results.address)), ({ address }) => address.key);
  assert.deepEqual(
    objects.filter((key) => key.includes('/checkpoint/')),
    [],
  );

  const runs = await closed(`WorkflowId="${id}"`);
  assert.ok(runs.filter((status) => status === 'CONTINUED_AS_NEW').length >= 2, runs.join());
  assert.deepEqual(new Set(await closed(`SweepId="${id}" AND WorkflowType="trial"`)), new Set(['COMPLETED']));
});

/** Asks the pruner again, report by report, for every decision that the log holds. */
function assertDecisionsFollow(log: SweepLog): void {
  const pruner = prunerOf({ name: 'asha', mode: 'delayedPromote', reductionFactor: 3, by: 'firstObjective', direction: 'minimize' });
  const finals = new Set(log.flatMap((event) => (event.type === 'suggested' && event.purpose === 'final' ? [event.trial] : [])));
  let rungs: readonly Rung[] = [emptyRung, emptyRung, emptyRung];
  let fresh: { trial: number; rung: number } | undefined;
  for (const event of log) {
    if (event.type === 'reported' && !finals.has(event.trial)) {
      rungs = rungs.with(event.rung, withReport(rungs[event.rung]!, event.trial, [event.metrics['eval/loss']!]));
      fresh = event;
    }
    if (event.type !== 'decided' || finals.has(event.trial)) continue;
    const { trial, rung, decision } = event;
    const isAnswer = fresh?.trial === trial && fresh.rung === rung;
    if (isAnswer && rung < 2) assert.deepEqual(decision, pruner.decide(rungs, trial, rung));
    if (!isAnswer && decision.action === 'continue')
      assert.deepEqual(pruner.promotion(rungs), { trial, rung: rung + 1, reason: decision.reason });
    if (decision.action !== 'pause') rungs = rungs.with(rung, withClosed(rungs[rung]!, trial));
    fresh = undefined;
  }
}

test('a cancelled sweep frees everything and keeps what it found', { timeout: 60_000 }, async ({ signal }) => {
  const { id, results } = await system.submit({
    stepSeconds: 0.2,
    pruneAlgorithm: { name: 'asha', mode: 'stop', minResource: 1, maxResource: 900 },
  });
  await until(id, signal, ({ rungs }) => rungs[0]!.reports >= 1);
  await handle(id).cancel();
  await assert.rejects(handle(id).result(), (error) => error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure);

  assert.deepEqual((await results.readLog()).at(-1)?.type, 'finished');
  assert.deepEqual(new Set(trialRows(await results.readLog()).map(({ state }) => state)), new Set(['ended']));
  assert.deepEqual(((await results.readSummary()) as Summary).outcome, { result: 'cancelled' });
  await delay(200);
  assert.ok(!(await closed(`SweepId="${id}"`)).includes('RUNNING'));
});

test('pause, resume, stopTrial, setParallelTrials and extend do what they say, and refuse what makes no sense', {
  timeout: 120_000,
}, async ({ signal }) => {
  const { id } = await system.submit({ stepSeconds: 0.1, numTrials: 4, pruneAlgorithm: { name: 'none', maxResource: 20 }, finalSeeds: 0 });
  await until(id, signal, ({ running }) => running.length === 2);
  await assert.rejects(
    handle(id).executeUpdate(stopTrial, { args: [99] }),
    refused('trial: must be a trial of this sweep (0 to 1), got 99'),
  );
  await assert.rejects(
    handle(id).executeUpdate(setParallelTrials, { args: [0] }),
    refused('parallelTrials: must be an integer of at least 1, got 0'),
  );

  await handle(id).executeUpdate(pause);
  await handle(id).executeUpdate(stopTrial, { args: [1] });
  const paused = await until(id, signal, ({ running }) => running.length === 0);
  assert.deepEqual({ suggested: paused.suggested, paused: paused.paused }, { suggested: 2, paused: true });

  await assert.rejects(
    handle(id).executeUpdate(extend, { args: [4] }),
    refused('numTrials: must be an integer > 4, which it is now, and <= 10000, got 4'),
  );
  await handle(id).executeUpdate(extend, { args: [5] });
  await handle(id).executeUpdate(setParallelTrials, { args: [1] });
  await handle(id).executeUpdate(resume);
  assert.equal((await until(id, signal, ({ suggested }) => suggested === 3)).running.length, 1);
  const { counts } = (await handle(id).result()) as Summary;
  assert.deepEqual(counts, { search: 5, failed: 0, reachedTop: 4, finals: 0 });
});

const refused = (message: string) => (error: unknown) => error instanceof WorkflowUpdateFailedError && error.cause?.message === message;

test('a configuration that the trainer refuses is not tried again, and too many failures end the sweep', { timeout: 60_000 }, async () => {
  const parameters = [{ name: 'momentum', searchSpace: { uniform: { min: 0, max: 0.9 } } }];
  const { id, results } = await system.submit({ parameters, maxFailedTrials: 1 });
  await assert.rejects(
    handle(id).result(),
    (error) =>
      error instanceof WorkflowFailedError &&
      error.cause?.message.startsWith('2 trials failed, more than maxFailedTrials 1 allows') === true,
  );
  const failed = (await results.readLog()).filter((event) => event.type === 'failed');
  assert.deepEqual(
    failed.map(({ failure }) => failure.type),
    ['BadConfiguration', 'BadConfiguration'],
  );
  assert.match(failed[0]!.failure.message, /assignment.learningRate: must be a number above 0, got null/);
  for (const { trial } of failed) assert.deepEqual(await results.trial(trial).listLogs(), [1]);
});

test('a trainer that crashes is started three times', { timeout: 60_000 }, async () => {
  const { id, results } = await system.submit({ command: ['sh', '-c', 'echo no luck; exit 3'], numTrials: 1, maxFailedTrials: 0 });
  await assert.rejects(handle(id).result(), WorkflowFailedError);
  const failure = (await results.readLog()).find((event) => event.type === 'failed')?.failure;
  assert.deepEqual(failure, {
    type: 'TrainerCrashed',
    message: 'the trainer of trial 0 ended with exit code 3; the end of its log:\nno luck (crash 3 of 3 on the way to rung 0)',
  });
  assert.deepEqual(await results.trial(0).listLogs(), [1, 2, 3]);
});

const byExample = { name: 'wilcoxon', minResource: 1, maxResource: 9 };

test('trials are compared example by example where the pruner asks for it', { timeout: 60_000 }, async () => {
  const { id, results } = await system.submit({ pruneAlgorithm: byExample, finalSeeds: 0 });
  await handle(id).result();
  const reasons = (await results.readLog()).flatMap((event) => (event.type === 'decided' ? [event.decision.reason] : []));
  assert.ok(reasons.some(({ code }) => code === 'worseThanBest'));
  assert.deepEqual(new Set(reasons.flatMap((reason) => ('pairs' in reason ? [reason.pairs] : []))), new Set([256])); // all of the trainer's examples
});

test('a report without the losses that the pruner asks for fails the trial', { timeout: 60_000 }, async () => {
  const trainer = path.join(import.meta.dirname, '../examples/python-trainer/trainer.py');
  const command = ['sh', '-c', `sed s/paired/unpaired/g ${trainer} | python3 -`];
  const { id, results } = await system.submit({ command, pruneAlgorithm: byExample, maxFailedTrials: 0 });
  await assert.rejects(handle(id).result(), WorkflowFailedError);
  const failure = (await results.readLog()).find((event) => event.type === 'failed')?.failure;
  assert.equal(failure?.type, 'MissingPairedLosses');
  assert.match(failure?.message ?? '', /no paired losses, which the pruner wilcoxon compares/);
});

test('a report without the metric fails the trial with a message that names those it has', { timeout: 60_000 }, async () => {
  const { id, results } = await system.submit({ objectives: [{ metric: 'eval/f1', direction: 'maximize' }], maxFailedTrials: 0 });
  await assert.rejects(handle(id).result(), WorkflowFailedError);
  const failure = (await results.readLog()).find((event) => event.type === 'failed')?.failure;
  assert.equal(failure?.type, 'MissingMetricError');
  assert.match(failure?.message ?? '', /no metric eval\/f1; it has eval\/accuracy, eval\/loss/);
});

test('a sweep whose time is spent ends its trials and still trains the best one again', { timeout: 60_000 }, async () => {
  const { id } = await system.submit({ numTrials: 100, budget: { duration: '3s' }, pruneAlgorithm: { name: 'none', maxResource: 1 } });
  const summary = (await handle(id).result()) as Summary;
  assert.deepEqual(summary.outcome, { result: 'succeeded', because: 'durationSpent' });
  assert.equal(summary.counts.finals, 1);
  assert.ok(summary.counts.search < 100);
});
