import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCronSweep } from '../../study/cron-sweep.ts';
import { writtenCronSweep } from '../../study/testing/cron-sweeps.ts';
import type { CronSweepStatus } from '../api/cron-sweep-status.ts';
import { cronSweepStatusSchema } from '../api/cron-sweep-status.ts';
import type { SweepStatus } from '../api/sweep-status.ts';
import { type CronSweepObservation, computeCronSweepStatus } from './compute-cron-sweep-status.ts';
import { cronSweepTransitions } from './cron-sweep-transitions.ts';
import { expired, type NightObject } from './night-history.ts';
import type { Night, NightSchedule } from './night-schedules.ts';

const now = new Date('2026-11-22T12:00:00Z');
const night = (day: number, more: Partial<Night> = {}): Night => ({ at: new Date(`2026-11-${day}T02:00:00Z`), isRunning: false, ...more });
const aSchedule = (more: Partial<NightSchedule> = {}): NightSchedule => ({
  cronSweep: parseCronSweep(writtenCronSweep()),
  paused: false,
  note: '',
  next: [new Date('2026-11-23T02:00:00Z')],
  nights: [],
  skipped: { overlap: 0, missed: 0 },
  ...more,
});
const aLook = (schedule: Partial<NightSchedule> = {}, more: Partial<CronSweepObservation> = {}): CronSweepObservation => ({
  generation: 3,
  engine: { reachable: true, schedule: aSchedule(schedule) },
  nights: [],
  ...more,
});
const object = (day: number, state: SweepStatus['state'], completionTime?: string): NightObject =>
  ({
    metadata: { name: `nightly-${day}`, uid: `${day}`, resourceVersion: '1', creationTimestamp: new Date(`2026-11-${day}T02:00:00Z`) },
    status: { state, ...(completionTime && { completionTime }) },
  }) as NightObject;

const brief = ({ conditions = [], ...rest }: CronSweepStatus) => ({
  ...rest,
  conditions: conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`),
});
const fine = ['Valid=True Checked', 'EngineReachable=True Answers', 'Scheduled=True Following'];
const worse = { result: 'worse', best: 0.12345678, study: { value: 0.9, sweep: 'default.nightly-20.1f3a9c2e' }, message: 'worse' } as const;

const cases: readonly {
  readonly name: string;
  readonly look: CronSweepObservation;
  readonly before?: CronSweepStatus;
  readonly want: unknown;
}[] = [
  {
    name: 'before the first night',
    look: aLook(),
    want: {
      observedGeneration: 3,
      nextScheduleTime: '2026-11-23T02:00:00.000Z',
      skipped: { overlap: 0, missed: 0 },
      active: [],
      conditions: [...fine, 'Regressed=Unknown NotKnown'],
    },
  },
  {
    name: 'a night runs, and the one before was worse than the study',
    look: aLook(
      { nights: [night(22, { isRunning: true }), night(21, { verdict: worse })], skipped: { overlap: 1, missed: 2 } },
      { nights: [object(21, 'Succeeded', '2026-11-21T04:00:00.000Z'), object(22, 'Running')] },
    ),
    want: {
      observedGeneration: 3,
      nextScheduleTime: '2026-11-23T02:00:00.000Z',
      lastScheduleTime: '2026-11-22T02:00:00.000Z',
      skipped: { overlap: 1, missed: 2 },
      lastBest: 0.123457,
      studyBest: { value: 0.9, sweep: 'default.nightly-20.1f3a9c2e' },
      active: ['nightly-22'],
      lastSweep: 'nightly-22',
      lastSuccessfulTime: '2026-11-21T04:00:00.000Z',
      conditions: [...fine, 'Regressed=True WorseThanStudy'],
    },
  },
  {
    name: 'paused by hand; a night that never started',
    look: aLook({ paused: true, note: 'holidays', next: [], nights: [night(21, { problem: 'its Sweep object is not valid' })] }),
    want: {
      observedGeneration: 3,
      lastScheduleTime: '2026-11-21T02:00:00.000Z',
      skipped: { overlap: 0, missed: 0 },
      active: [],
      conditions: [...fine.slice(0, 2), 'Scheduled=False PausedByHand', 'Regressed=Unknown NightFailed'],
    },
  },
  {
    name: 'a schedule that is not ours',
    look: aLook({}, { engine: { reachable: true, taken: 'it starts something else' } }),
    want: { active: [], conditions: [...fine.slice(0, 2), 'Scheduled=False ScheduleTaken', 'Regressed=Unknown NotKnown'] },
  },
  {
    name: 'Temporal is away: what was known stays',
    look: aLook({}, { engine: { reachable: false, reason: 'TemporalUnavailable', message: 'away' } }),
    before: {
      observedGeneration: 2,
      nextScheduleTime: '2026-11-22T02:00:00.000Z',
      lastSweep: 'nightly-21',
      lastBest: 0.5,
      skipped: { overlap: 1, missed: 0 },
    },
    want: {
      observedGeneration: 2,
      nextScheduleTime: '2026-11-22T02:00:00.000Z',
      skipped: { overlap: 1, missed: 0 },
      lastBest: 0.5,
      active: [],
      lastSweep: 'nightly-21',
      conditions: [
        'Valid=True Checked',
        'EngineReachable=False TemporalUnavailable',
        'Scheduled=Unknown NotKnown',
        'Regressed=Unknown NotKnown',
      ],
    },
  },
  {
    name: 'a spec that cannot run: the schedule stays as it was',
    look: aLook({}, { invalid: 'spec.schedule: must be five fields' }),
    before: { observedGeneration: 2 },
    want: {
      observedGeneration: 2,
      nextScheduleTime: '2026-11-23T02:00:00.000Z',
      skipped: { overlap: 0, missed: 0 },
      active: [],
      conditions: ['Valid=False InvalidSpec', ...fine.slice(1), 'Regressed=Unknown NotKnown'],
    },
  },
];
for (const { name, look, before, want } of cases) {
  test(`the status of a CronSweep: ${name}`, () => {
    const status = computeCronSweepStatus(look, before, now);
    assert.deepEqual(brief(status), want);
    assert.deepEqual(cronSweepStatusSchema.parse(status), status);
  });
}

test('events tell of nights and of what has changed, once', () => {
  const statuses = [
    computeCronSweepStatus(aLook(), undefined, now),
    computeCronSweepStatus(aLook({ nights: [night(21, { isRunning: true })] }, { nights: [object(21, 'Running')] }), undefined, now),
    computeCronSweepStatus(
      aLook({ nights: [night(21, { verdict: worse })], skipped: { overlap: 1, missed: 0 } }, { nights: [object(21, 'Succeeded')] }),
      undefined,
      now,
    ),
    computeCronSweepStatus(
      aLook({ nights: [night(22, { verdict: { ...worse, result: 'notWorse', message: 'fine' } })], skipped: { overlap: 1, missed: 0 } }),
      undefined,
      now,
    ),
    computeCronSweepStatus(aLook({ paused: true, note: 'holidays', skipped: { overlap: 1, missed: 0 } }), undefined, now),
    computeCronSweepStatus(aLook({}, { engine: { reachable: true, taken: 'foreign' } }), undefined, now),
  ];
  const told = statuses.map((status, index) =>
    cronSweepTransitions(statuses[index - 1], status).map(({ type, reason }) => `${type} ${reason}`),
  );
  assert.deepEqual(told, [
    ['Normal Scheduled'],
    ['Normal NightStarted'],
    ['Warning NightSkipped', 'Warning Regressed'],
    ['Normal Recovered'],
    ['Normal PausedByHand'],
    ['Warning ScheduleTaken'],
  ]);
  assert.deepEqual(cronSweepTransitions(statuses[2], statuses[2]!), []);
});

test('old nights go when they have ended; the newest stay, and so does what runs', () => {
  const nights = [object(18, 'Running'), object(19, 'Failed'), object(22, 'Succeeded'), object(20, 'Invalid'), object(21, 'Cancelled')];
  const namesOf = (limit: number) => expired(nights, limit).map(({ metadata }) => metadata.name);
  assert.deepEqual(namesOf(2), ['nightly-20', 'nightly-19']);
  assert.deepEqual(namesOf(0), ['nightly-22', 'nightly-21', 'nightly-20', 'nightly-19']);
  assert.deepEqual(namesOf(4), []);
});
