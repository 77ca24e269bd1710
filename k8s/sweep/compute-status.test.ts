import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Progress } from '../../study/progress.ts';
import { type SweepStatus, sweepStatusSchema } from '../api/sweep-status.ts';
import { computeStatus, type EngineView, type Observation } from './compute-status.ts';
import type { Run } from './engine.ts';

const then = new Date('2026-11-21T20:00:00Z');
const now = new Date('2026-11-21T21:00:00Z');
const id = 'research.small.1f3a9c2e';

const aProgress = (progress: Partial<Progress> = {}): Progress => ({
  phase: 'search',
  generation: 1,
  paused: false,
  startedAt: then.getTime(),
  suggested: 18,
  numTrials: 64,
  parallelTrials: 4,
  running: [4, 5, 6, 7].map((trial) => ({ trial, rung: 0 })),
  waiting: 2,
  done: 12,
  failed: 1,
  finals: { started: 0, of: 0 },
  rungs: [],
  work: { done: 0, expected: 1 },
  gpuSeconds: 4500,
  best: [
    { trial: 3, rung: 2, value: 0.912345678 },
    { trial: 1, rung: 1, value: 0.8 },
  ],
  ...progress,
});
const aRun = (run: Partial<Run> = {}): Run => ({ state: 'running', version: '1', ...run });
const running = (progress: Partial<Progress> = {}): EngineView => ({ reachable: true, run: aRun(), progress: aProgress(progress) });
const ended = (state: Run['state'], progress: Partial<Progress>): EngineView => ({
  reachable: true,
  run: aRun({ state, closedAt: now }),
  progress: aProgress({ phase: 'closing', running: [], ...progress }),
});
const away = { reachable: false, reason: 'TemporalUnavailable', message: 'Temporal does not answer.' } as const;
const nothing: EngineView = { reachable: true };
const anObservation = (observation: Partial<Observation> = {}): Observation => ({
  id,
  wanted: { generation: 1, suspend: false, parallelTrials: 4, numTrials: 64 },
  generation: 1,
  verdict: 'unchecked',
  engine: running(),
  resultsUri: `s3://sweeps/${id}`,
  ...observation,
});
/** `Valid=True Checked` of each condition that is known. */
const said = ({ conditions = [] }: SweepStatus): readonly string[] =>
  conditions.filter(({ reason }) => reason !== 'NotKnown').map(({ type, status, reason }) => `${type}=${status} ${reason}`);
const healthy = computeStatus(anObservation(), undefined, then);

test('a running sweep: counters, best trials, conditions, to the schema', () => {
  const { conditions, ...rest } = healthy;
  assert.deepEqual(rest, {
    observedGeneration: 1,
    state: 'Running',
    id,
    resultsUri: `s3://sweeps/${id}`,
    startTime: then.toISOString(),
    progress: '12/64',
    trials: { total: 64, started: 18, done: 12, running: 4, waiting: 2, failed: 1, finals: 0 },
    gpuHours: 1.25,
    best: 0.912346,
    topTrials: [
      { trial: 3, rung: 2, value: 0.912346 },
      { trial: 1, rung: 1, value: 0.8 },
    ],
  });
  assert.equal(conditions?.length, 5);
  assert.deepEqual(sweepStatusSchema.parse(healthy), healthy);
});

const cases: readonly {
  name: string;
  see: Partial<Observation>;
  before?: SweepStatus;
  state: SweepStatus['state'];
  want: readonly string[];
}[] = [
  {
    name: 'before anything is known',
    see: { engine: away },
    state: 'Pending',
    want: ['EngineReachable=False TemporalUnavailable'],
  },
  {
    name: 'a spec that cannot run',
    see: { engine: nothing, verdict: { valid: false, reason: 'InvalidSpec', message: 'frozenPrefix.max: must be <= 6', retry: false } },
    state: 'Invalid',
    want: ['Valid=False InvalidSpec', 'EngineReachable=True Answers', 'Suspended=False NotSuspended', 'Succeeded=False InvalidSpec'],
  },
  {
    name: 'a model that is not there yet',
    see: { engine: nothing, verdict: { valid: false, reason: 'InputNotFound', message: 'no config.json', retry: true } },
    state: 'Invalid',
    want: ['Valid=False InputNotFound', 'EngineReachable=True Answers', 'Suspended=False NotSuspended', 'Succeeded=Unknown NotStarted'],
  },
  {
    name: 'suspended before its start',
    see: { engine: nothing, verdict: { valid: true }, wanted: { generation: 1, suspend: true, parallelTrials: 4, numTrials: 64 } },
    state: 'Suspended',
    want: ['Valid=True Checked', 'EngineReachable=True Answers', 'Suspended=True SpecSuspend', 'Succeeded=Unknown NotStarted'],
  },
  {
    name: 'running',
    see: {},
    state: 'Running',
    want: [
      'Valid=True Started',
      'EngineReachable=True Answers',
      'Applied=True Followed',
      'Suspended=False NotSuspended',
      'Succeeded=Unknown Searching',
    ],
  },
  {
    name: 'paused from a command line',
    see: { engine: running({ paused: true }) },
    state: 'Suspended',
    want: [
      'Valid=True Started',
      'EngineReachable=True Answers',
      'Applied=True Followed',
      'Suspended=True PausedByHand',
      'Succeeded=Unknown Searching',
    ],
  },
  {
    name: 'an edit that came after the search',
    see: {
      generation: 2,
      wanted: { generation: 2, suspend: false, parallelTrials: 4, numTrials: 99 },
      engine: running({ generation: 2, phase: 'final' }),
    },
    state: 'Finishing',
    want: [
      'Valid=True Started',
      'EngineReachable=True Answers',
      'Applied=False SearchOver',
      'Suspended=False NotSuspended',
      'Succeeded=Unknown FinalTrainings',
    ],
  },
  {
    name: 'an edit that no worker has heard of',
    see: { generation: 2, engine: { ...away, reason: 'NoWorker', run: aRun() } },
    before: healthy,
    state: 'Running',
    want: [
      'Valid=True Started',
      'EngineReachable=False NoWorker',
      'Applied=False Waiting',
      'Suspended=False NotSuspended',
      'Succeeded=Unknown Searching',
    ],
  },
  {
    name: 'succeeded',
    see: { engine: ended('completed', { outcome: { result: 'succeeded', because: 'goalReached' } }) },
    before: healthy,
    state: 'Succeeded',
    want: [
      'Valid=True Started',
      'EngineReachable=True Answers',
      'Applied=True Followed',
      'Suspended=False NotSuspended',
      'Succeeded=True GoalReached',
    ],
  },
  {
    name: 'edited after its end',
    see: {
      generation: 2,
      wanted: { generation: 2, suspend: false, parallelTrials: 4, numTrials: 99 },
      engine: ended('completed', { outcome: { result: 'succeeded', because: 'goalReached' } }),
    },
    state: 'Succeeded',
    want: [
      'Valid=True Started',
      'EngineReachable=True Answers',
      'Applied=False SearchOver',
      'Suspended=False NotSuspended',
      'Succeeded=True GoalReached',
    ],
  },
  {
    name: 'failed',
    see: { engine: ended('failed', { outcome: { result: 'failed', because: 'tooManyFailedTrials', message: '4 trials failed' } }) },
    state: 'Failed',
    want: [
      'Valid=True Started',
      'EngineReachable=True Answers',
      'Applied=True Followed',
      'Suspended=False NotSuspended',
      'Succeeded=False TooManyFailedTrials',
    ],
  },
  {
    name: 'cancelled while paused',
    see: { engine: ended('cancelled', { paused: true, outcome: { result: 'cancelled' } }) },
    state: 'Cancelled',
    want: [
      'Valid=True Started',
      'EngineReachable=True Answers',
      'Applied=True Followed',
      'Suspended=False NotSuspended',
      'Succeeded=False Cancelled',
    ],
  },
  {
    name: 'forgotten by Temporal before its end was seen',
    see: { engine: nothing },
    before: healthy,
    state: 'Failed',
    want: [
      'Valid=True Started',
      'EngineReachable=True Answers',
      'Applied=True Followed',
      'Suspended=False NotSuspended',
      'Succeeded=False WorkflowLost',
    ],
  },
];
for (const { name, see, before, state, want } of cases) {
  test(`status: ${name}`, () => {
    const status = computeStatus(anObservation(see), before, now);
    assert.deepEqual({ state: status.state, said: said(status) }, { state, said: want });
    assert.deepEqual(sweepStatusSchema.parse(status), status);
  });
}

test('what cannot be seen now stays as it was, and a condition keeps the time at which it changed', () => {
  const status = computeStatus(anObservation({ engine: away }), healthy, now);
  const { conditions: before, ...counted } = healthy;
  const { conditions: after, ...kept } = status;
  assert.deepEqual(kept, counted);
  const changed = after?.filter((condition, index) => condition.lastTransitionTime !== before![index]!.lastTransitionTime);
  assert.deepEqual(
    changed?.map(({ type }) => type),
    ['EngineReachable'],
  );
});

test('a sweep that ended long ago and is forgotten stays as it ended', () => {
  const done = computeStatus(
    anObservation({ engine: ended('completed', { outcome: { result: 'succeeded', because: 'allTrialsDone' } }) }),
    healthy,
    then,
  );
  assert.deepEqual(computeStatus(anObservation({ engine: nothing }), done, now), done);
});

test('the greatest status stays below 8 kB', () => {
  const long = 'ä'.repeat(40_000);
  const topTrials = Array.from({ length: 10 }, (_, trial) => ({ trial: 9_990 + trial, rung: 9, value: -0.000123456789 }));
  const most = computeStatus(
    anObservation({
      id: `${'n'.repeat(63)}.${'s'.repeat(63)}.12345678`,
      resultsUri: `s3://${'b'.repeat(63)}/${'k'.repeat(200)}`,
      verdict: { valid: false, reason: 'InvalidSpec', message: long, retry: false },
      engine: {
        reachable: true,
        run: aRun({ state: 'failed', closedAt: now }),
        progress: aProgress({ best: topTrials, outcome: { result: 'failed', because: 'engineFailure', message: long } }),
      },
    }),
    undefined,
    now,
  );
  const bytes = Buffer.byteLength(JSON.stringify(most));
  assert.ok(bytes < 6_000, `${bytes} bytes`);
});
