/** `permafrost cron` as a person uses it, on a real Temporal server. No worker runs, so a night lasts until the test ends it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { nightSchedules, scheduleId } from '../cli/night-schedules.ts';
import type { NightSchedule } from '../k8s/cron-sweep/night-schedules.ts';
import { parseCronSweep } from '../study/cron-sweep.ts';
import { aPythonSweep, startTestSystem, type TestSystem } from './system.ts';

const options = { timeout: 120_000 };
let system: TestSystem;
before(async () => {
  system = await startTestSystem();
});
after(() => system.close());

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function cron(...args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, TEMPORAL_ADDRESS: system.temporalAddress };
  return new Promise((resolve) => {
    execFile(process.execPath, [path.join(import.meta.dirname, '../cli/main.ts'), 'cron', ...args], { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

/** Due at two in the morning of every first of January. */
function aCronSweep(name: string, spec: object = {}) {
  return {
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'CronSweep',
    metadata: { name },
    spec: { schedule: '0 2 1 1 *', sweepTemplate: { spec: aPythonSweep(system.s3.bucket, {}).spec }, ...spec },
  };
}

const create = (name: string): Promise<void> => nightSchedules(system.client).create(parseCronSweep(aCronSweep(name)));

function fileOf(cronSweep: object): string {
  const file = path.join(system.s3.folder, 'cron-sweep.yaml');
  writeFileSync(file, stringify(cronSweep));
  return file;
}

async function scheduleOf(name: string): Promise<NightSchedule> {
  const found = await nightSchedules(system.client).find({ namespace: 'default', name });
  assert.ok(found !== undefined && found !== 'foreign');
  return found;
}

const handleOf = (name: string) => system.client.schedule.getHandle(scheduleId({ namespace: 'default', name }));
/** Workflows of its nights that run. */
const runningNights = async (name: string): Promise<readonly string[]> =>
  (await handleOf(name).describe()).info.runningActions.map(({ workflow }) => workflow.workflowId);

/** Waits for a night to run, and ends it. @returns its workflow's id */
async function endNight(name: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    const [running] = await runningNights(name);
    if (running !== undefined) {
      await system.client.workflow.getHandle(running).terminate('the test ends it');
      while ((await runningNights(name)).includes(running)) await sleep(50, undefined, { signal });
      return running;
    }
    await sleep(50, undefined, { signal });
  }
}

const nextJanuary = `${new Date().getUTCFullYear() + 1}-01-01T02:00:00.000Z`;

test('apply makes a schedule and has it follow the file; list shows it', options, async () => {
  const file = fileOf(aCronSweep('listed'));
  assert.equal((await cron('apply', '-f', file)).out, `default.listed: created; the next night is due at ${nextJanuary}\n`);
  fileOf(aCronSweep('listed', { schedule: '0 3 1 1 *', timeZone: 'Europe/Berlin' })); // an hour before UTC
  assert.equal((await cron('apply', '-f', file)).out, `default.listed: updated; the next night is due at ${nextJanuary}\n`);
  assert.match(
    (await cron('list')).out,
    new RegExp(
      `^STUDY +SCHEDULE +NEXT +LAST +WAS +BEST +SKIPPED\n(.*\n)?default\\.listed +0 3 1 1 \\* Europe/Berlin +${nextJanuary} +– +– +– +0\n`,
    ),
  );
  const studies = JSON.parse((await cron('list', '--output', 'json')).out) as readonly {
    readonly name: string;
    readonly next: readonly string[];
  }[];
  assert.equal(studies.find(({ name }) => name === 'listed')?.next[0], nextJanuary);
  assert.equal((await cron('delete', 'listed')).out, 'default.listed: deleted\n');
});

test('trigger starts a night, and none beside one that runs', options, async ({ signal }) => {
  await create('triggered');
  assert.deepEqual(await cron('trigger', 'triggered'), { code: 0, out: 'default.triggered: a night starts\n', err: '' });
  while ((await scheduleOf('triggered')).nights.length === 0) await sleep(50, undefined, { signal });
  assert.match((await cron('list')).out, /default\.triggered .* running +– +0\n/);
  const refused = await cron('trigger', 'triggered');
  assert.deepEqual(
    [refused.code, refused.err],
    [
      4,
      'permafrost: triggered: a night still runs, and concurrencyPolicy is Forbid; wait for it, or cancel its sweep with `permafrost stop`\n',
    ],
  );
  await endNight('triggered', signal);
  assert.match((await cron('list')).out, /default\.triggered .* the night ended TERMINATED +– +0\n/);
});

test('backfill starts the nights of a time that is past, both ends included, one after the other', options, async ({ signal }) => {
  await create('filled');
  const wrong = await cron('backfill', 'filled', '--from', '2025-01-01T02:00Z', '--to', '2023-01-01T02:00Z');
  assert.deepEqual([wrong.code, /--to: must not be before --from, got 2023-01-01T02:00:00.000Z/.test(wrong.err)], [2, true]);
  const { out } = await cron('backfill', 'filled', '--from', '2023-01-01T02:00Z', '--to', '2025-01-01T02:00Z');
  assert.equal(out, 'default.filled: the nights from 2023-01-01T02:00:00.000Z to 2025-01-01T02:00:00.000Z start one after the other\n');
  const ids: string[] = [];
  while (ids.length < 3) ids.push(await endNight('filled', signal));
  assert.deepEqual(
    ids,
    [2023, 2024, 2025].map((year) => `default.filled.night-${year}-01-01T02:00:00Z`),
  );
  assert.deepEqual(
    (await scheduleOf('filled')).nights.map(({ isRunning }) => isRunning),
    [false, false, false],
  );
});

test('pause holds until resume, which does not go against the spec', options, async ({ signal }) => {
  await create('paused');
  assert.equal((await cron('pause', 'paused', '--note', 'new data is on its way')).out, 'default.paused: paused\n');
  assert.match((await cron('list')).out, /default\.paused +0 2 1 1 \* UTC +paused \(new data is on its way\) /);
  const file = fileOf(aCronSweep('paused'));
  assert.equal((await cron('apply', '-f', file)).out, 'default.paused: updated; no night is due\n');
  assert.equal((await cron('resume', 'paused')).out, 'default.paused: nights start again\n');
  while ((await scheduleOf('paused')).next[0]?.toISOString() !== nextJanuary) await sleep(50, undefined, { signal });

  await nightSchedules(system.client).update(parseCronSweep(aCronSweep('paused', { suspend: true })));
  const { code, err } = await cron('resume', 'paused');
  assert.deepEqual([code, err], [4, 'permafrost: paused: spec.suspend is true; set it to false and apply that\n']);
});

test('a study that is not there, and schedules that are not ours to change', options, async () => {
  const { code, err } = await cron('trigger', 'absent', '--namespace', 'research');
  assert.equal(code, 4);
  assert.match(err, /^permafrost: there is no nightly study research\.absent; there are: (default\.\w+(, )?)+\n$/);

  const owner = { apiVersion: 'permafrost.dev/v1alpha1', kind: 'CronSweep', name: 'owned', uid: 'a-uid' };
  await nightSchedules(system.client).create(parseCronSweep(aCronSweep('owned')), owner);
  for (const args of [
    ['delete', 'owned'],
    ['apply', '-f', fileOf(aCronSweep('owned'))],
  ]) {
    const refused = await cron(...args);
    assert.deepEqual([refused.code, /the schedule belongs to CronSweep owned of a cluster; /.test(refused.err)], [2, true], refused.err);
  }

  await system.client.schedule.create({
    scheduleId: 'default.foreign',
    spec: { cronExpressions: ['@yearly'] },
    action: { type: 'startWorkflow', workflowType: 'invoices', taskQueue: 'accounting' },
  });
  assert.match((await cron('pause', 'foreign')).err, /default\.foreign in Temporal starts something else than nights/);
  assert.doesNotMatch((await cron('list')).out, /foreign/);
});
