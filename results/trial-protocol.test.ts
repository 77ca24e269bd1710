import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentences } from '../study/testing/reasons.ts';
import { mostPaired, type Report } from '../study/trial.ts';
import { decisionFile, report } from './trial-protocol.ts';

test('a decision to stop is read as it was written, whatever its reason', () => {
  for (const [reason] of Object.values(sentences)) {
    const decision = { schema: 1, stop: true, reason } as const;
    assert.deepEqual(decisionFile.parse(decision), decision);
  }
});

test('a report tells the losses of a thousand examples at most', () => {
  const written = (paired: readonly number[]): Report => {
    const cost = { seconds: 1, gpuSeconds: 0 };
    return { schema: 1, trial: 0, rung: 0, step: 1, metrics: {}, diverged: false, cost, paired, attempt: 1, versions: {} };
  };
  const all = Array.from({ length: mostPaired }, (_, example) => example / 7);
  assert.deepEqual(report.parse(written(all)), written(all));
  assert.equal(report.safeParse(written([...all, 1])).success, false);
  assert.equal(report.safeParse(written([])).success, false);
});
