import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCronSweep } from './cron-sweep.ts';
import type { HeldOutScore } from './held-out.ts';
import { judgeNight, type NightVerdict, nightName, nightSweep } from './night.ts';
import { writtenCronSweep } from './testing/cron-sweeps.ts';

const at = new Date('2026-11-21T02:00:00Z');

test('a night is called after its study and its time', () => assert.equal(nightName('sections', at), 'sections-20261121-020000'));

test('the longest name of a study leaves a DNS label', () => assert.equal(nightName('n'.repeat(47), at).length, 63));

test("a night's sweep is the template with the night's name and a seed of its own", () => {
  const cronSweep = parseCronSweep(writtenCronSweep());
  const { sweep } = nightSweep(cronSweep, at, []);
  const { searchAlgorithm, ...spec } = cronSweep.spec.sweepTemplate.spec;
  assert.deepEqual(sweep, {
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'Sweep',
    metadata: { name: 'nightly-20261121-020000', namespace: 'default' },
    spec: { ...spec, searchAlgorithm: { ...searchAlgorithm, seed: 7 + at.getTime() / 60_000 } },
  });
});

test('the largest seed comes round', () => {
  const cronSweep = parseCronSweep(writtenCronSweep({}, { searchAlgorithm: { name: 'random', seed: 2 ** 32 - 1 } }));
  assert.equal(nightSweep(cronSweep, at, []).sweep.spec.searchAlgorithm.seed, at.getTime() / 60_000 - 1);
});

const objective = { metric: 'eval/accuracy', direction: 'maximize' } as const;
const night = (sweep: string, mean?: number, deviation?: number, metric = 'eval/accuracy') => {
  const values = deviation === undefined ? [0] : [0, 0]; // as many as the error of a mean needs
  const heldOut: HeldOutScore[] = mean === undefined ? [] : [{ name: 'best', values, mean, ...(deviation !== undefined && { deviation }) }];
  return { sweep, objective: { ...objective, metric }, heldOut };
};

// Two nights with deviation 0.1 over two seeds: a noise of 2 · sqrt(0.01 / 2 + 0.01 / 2) = 0.2.
const verdicts: readonly {
  readonly name: string;
  readonly tonight: ReturnType<typeof night>;
  readonly earlier: readonly ReturnType<typeof night>[];
  readonly want: NightVerdict;
}[] = [
  {
    name: 'worse by more than the noise',
    tonight: night('c', 0.5, 0.1),
    earlier: [night('a', 0.75, 0.1), night('b', 0.6, 0.1)],
    want: {
      result: 'worse',
      best: 0.5,
      study: { value: 0.75, sweep: 'a' },
      message: 'eval/accuracy 0.5000 on held-out data, 0.7500 in a; worse by more than the noise of 0.2000.',
    },
  },
  {
    name: 'worse, within the noise',
    tonight: night('b', 0.625, 0.1),
    earlier: [night('a', 0.75, 0.1)],
    want: {
      result: 'notWorse',
      best: 0.625,
      study: { value: 0.75, sweep: 'a' },
      message: 'eval/accuracy 0.6250 on held-out data, 0.7500 in a; within the noise of 0.2000.',
    },
  },
  {
    name: 'one seed says nothing of noise',
    tonight: night('b', 0.5),
    earlier: [night('a', 0.75)],
    want: {
      result: 'unknown',
      best: 0.5,
      study: { value: 0.75, sweep: 'a' },
      message: 'eval/accuracy 0.5000 on held-out data, 0.7500 in a; the noise is not known: let finalSeeds be at least 2.',
    },
  },
  {
    name: 'a night that found nothing',
    tonight: night('b'),
    earlier: [night('a', 0.75, 0.1)],
    want: { result: 'unknown', study: { value: 0.75, sweep: 'a' }, message: 'The last night has no best on held-out data.' },
  },
  {
    name: 'the first night, as far as this objective goes',
    tonight: night('b', 0.5, 0.1),
    earlier: [night('a', 0.75, 0.1, 'eval/f1')],
    want: { result: 'unknown', best: 0.5, message: 'There is no earlier sweep of the study with a best on held-out data.' },
  },
];
for (const { name, tonight, earlier, want } of verdicts) {
  test(`a night is judged: ${name}`, () => assert.deepEqual(judgeNight(tonight, earlier), want));
}
