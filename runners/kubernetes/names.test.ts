import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TrialRef } from '../runner.ts';
import { jobName, labelValue, sweepKey, trialSelector } from './names.ts';

const aRef = (id: string, trial = 0): TrialRef => ({ sweep: { id, folder: `s3://b/${id}` }, trial });
const dnsLabel = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const uid = fc.stringMatching(/^[0-9a-f]{8}$/);

test('names: a Job is named after sweep, trial and attempt', () => {
  assert.equal(jobName(aRef('research.minilm-sections.1f3a9c2e', 42), 3), 'minilm-sections-1f3a9c2e-00042-3');
  assert.equal(trialSelector(aRef('a.b.01234567', 7)), 'permafrost.dev/sweep=b-01234567,permafrost.dev/trial=7');
});

test('names: every sweep has valid names, and sweeps with another uid have others', () => {
  fc.assert(
    fc.property(
      dnsLabel,
      dnsLabel,
      uid,
      uid,
      fc.nat(9_999),
      fc.integer({ min: 1, max: 999 }),
      (namespace, name, one, other, trial, attempt) => {
        const job = jobName(aRef(`${namespace}.${name}.${one}`, trial), attempt);
        assert.ok(job.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(job), job);
        if (one !== other) assert.notEqual(sweepKey(`${namespace}.${name}.${one}`), sweepKey(`${namespace}.${name}.${other}`));
      },
    ),
  );
});

test('names: any text makes a valid label value', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), (text) => /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/.test(labelValue(text))),
  );
  assert.equal(labelValue('MiniLM study, März'), 'MiniLM-study--M-rz');
});
