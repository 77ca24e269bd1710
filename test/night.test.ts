/** A nightly study without a cluster: real Temporal, S3 server, worker and trainer processes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { nightSchedules, overlapOf, scheduleId } from '../cli/night-schedules.ts';
import type { NightSchedule } from '../k8s/cron-sweep/night-schedules.ts';
import { openSweepFolder } from '../results/sweep-folder.ts';
import { type CronSweep, parseCronSweep } from '../study/cron-sweep.ts';
import type { SweepLog } from '../study/log.ts';
import { aPythonSweep, startTestSystem, type TestSystem } from './system.ts';

let system: TestSystem;
before(async () => {
  system = await startTestSystem();
  await system.startWorker();
});
after(() => system.close());

const schedules = () => nightSchedules(system.client);
const uri = () => `s3://${system.s3.bucket}/sweeps`;

function aCronSweep(name: string, spec: object = {}, sweep: Readonly<Record<string, unknown>> = {}): CronSweep {
  const template = aPythonSweep(system.s3.bucket, { finalSeeds: 2, ...sweep }).spec;
  return parseCronSweep({
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'CronSweep',
    metadata: { name },
    spec: { schedule: '0 2 1 1 *', warmStart: { best: 2 }, sweepTemplate: { spec: template }, ...spec },
  });
}

async function until({ metadata }: CronSweep, signal: AbortSignal, isSo: (schedule: NightSchedule) => boolean): Promise<NightSchedule> {
  for (;;) {
    const seen = await schedules().find(metadata);
    assert.ok(seen !== undefined && seen !== 'foreign');
    if (isSo(seen)) return seen;
    await delay(200, undefined, { signal });
  }
}

async function logOf(id: string): Promise<SweepLog> {
  return openSweepFolder(system.s3.store, `${uri()}/${id}`).readLog();
}

test('three nights of a study: each starts with the best of those before it, and is judged by them', { timeout: 180_000 }, async ({
  signal,
}) => {
  const cronSweep = aCronSweep('study', {}, { numTrials: 4, pruneAlgorithm: { name: 'none', maxResource: 3 } });
  await schedules().create(cronSweep);
  const handle = system.client.schedule.getHandle(scheduleId(cronSweep.metadata));
  for (const count of [1, 2, 3]) {
    await handle.trigger(overlapOf.Allow); // its schedule learns a moment later than we that a night is over
    await until(cronSweep, signal, ({ nights }) => nights.length === count && nights.every(({ isRunning }) => !isRunning));
  }

  const nights = (await until(cronSweep, signal, () => true)).nights.toReversed();
  const sweeps = nights.map(({ sweep }) => sweep!);
  for (const [index, { at }] of nights.entries()) {
    const due = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
    assert.match(sweeps[index]!, new RegExp(`^default\\.study-${due}\\.[0-9a-f]{8}$`));
  }
  assert.deepEqual(
    nights.map(({ verdict, problem }) => [verdict?.result === 'unknown', verdict?.study?.sweep === undefined, problem]),
    [
      [true, true, undefined],
      [false, false, undefined],
      [false, false, undefined],
    ],
    JSON.stringify(nights),
  );

  const logs = await Promise.all(sweeps.map(logOf));
  const origins = logs.map((log) =>
    log.flatMap((event) => (event.type === 'suggested' && event.purpose === 'search' ? [event.origin] : [])),
  );
  assert.deepEqual(
    origins.map((all) => all.filter(({ by }) => by === 'assigned').length),
    [0, 2, 2],
  );
  const [, second, third] = origins.map(([first]) => (first?.by === 'assigned' ? first : undefined));
  assert.equal(second!.from!.sweep, sweeps[0]);
  assert.match(second!.because!, /^number 1 of the last sweep: eval\/loss .* after 3 steps$/);
  assert.match(third!.because!, /^number 1 of the last 2 sweeps: eval\/loss .* after 3 steps/);
  const assigned = (log: SweepLog) => log.find((event) => event.type === 'suggested');
  const tried = assigned(logs[1]!);
  const proven = logs[0]!.find((event) => event.type === 'suggested' && event.trial === second!.from!.trial);
  assert.ok(tried?.type === 'suggested' && proven?.type === 'suggested');
  assert.deepEqual(tried.assignment, proven.assignment);
  assert.equal(
    new Set(logs.map((log) => JSON.stringify(log.findLast((event) => event.type === 'suggested' && event.origin.by === 'sampler')))).size,
    3,
  );
});

test('Forbid skips a night while the one before runs, Replace cancels it', { timeout: 120_000 }, async ({ signal }) => {
  const slow = { stepSeconds: 0.2, pruneAlgorithm: { name: 'none', maxResource: 900 } };
  const forbid = aCronSweep('forbid', { concurrencyPolicy: 'Forbid' }, slow);
  await schedules().create(forbid);
  const handle = system.client.schedule.getHandle(scheduleId(forbid.metadata));
  await handle.trigger(overlapOf.Forbid);
  await until(forbid, signal, ({ nights: [night] }) => night?.sweep !== undefined);
  await handle.trigger(overlapOf.Forbid);
  await until(forbid, signal, ({ skipped, nights }) => skipped.overlap === 1 && nights.length === 1);

  const replace = aCronSweep('forbid', { concurrencyPolicy: 'Replace' }, slow);
  await schedules().update(replace);
  await handle.trigger(overlapOf.Replace);
  const { nights } = await until(replace, signal, (seen) => seen.nights.length === 2 && seen.nights[0]!.sweep !== undefined);
  const [second, first] = nights.map(({ sweep }) => sweep!);
  const sweep = system.client.workflow.getHandle(first!);
  await assert.rejects(sweep.result(), /cancelled/i);
  await system.client.workflow.getHandle(second!).cancel();
  await until(replace, signal, (seen) => !seen.nights[0]!.isRunning);
});

test('a schedule follows its study: what changes is seen, a pause by hand stays, suspend pauses', { timeout: 60_000 }, async () => {
  const cronSweep = aCronSweep('changes', { timeZone: 'Europe/Berlin' });
  const handle = system.client.schedule.getHandle(scheduleId(cronSweep.metadata));
  await schedules().create(cronSweep);
  const seen = (await schedules().find(cronSweep.metadata)) as NightSchedule;
  assert.deepEqual(seen.cronSweep, cronSweep);
  assert.match(seen.next[0]!.toISOString(), /-01-01T01:00:00/); // an hour before UTC in winter

  await handle.pause('by hand');
  const later = aCronSweep('changes', { schedule: '0 3 1 1 *', timeZone: 'Europe/Berlin' });
  await schedules().update(later);
  const paused = (await schedules().find(cronSweep.metadata)) as NightSchedule;
  assert.deepEqual([paused.cronSweep, paused.paused, paused.note, paused.next], [later, true, 'by hand', []]);

  await handle.unpause('by hand');
  await schedules().update(aCronSweep('changes', { suspend: true }));
  assert.equal(((await schedules().find(cronSweep.metadata)) as NightSchedule).paused, true);
  await schedules().update(aCronSweep('changes'));
  assert.equal(((await schedules().find(cronSweep.metadata)) as NightSchedule).paused, false);

  await schedules().remove(cronSweep.metadata);
  await schedules().remove(cronSweep.metadata);
  assert.equal(await schedules().find(cronSweep.metadata), undefined);
});

test('a schedule that starts something else is told from ours', { timeout: 60_000 }, async () => {
  await system.client.schedule.create({
    scheduleId: 'default.foreign',
    spec: { cronExpressions: ['@yearly'] },
    action: { type: 'startWorkflow', workflowType: 'invoices', taskQueue: 'accounting' },
  });
  assert.equal(await schedules().find({ namespace: 'default', name: 'foreign' }), 'foreign');
});
