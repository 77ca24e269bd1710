import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { parseCronSweep } from './cron-sweep.ts';
import { aSweep } from './testing/builders.ts';
import { writtenCronSweep } from './testing/cron-sweeps.ts';

test('a nightly study that says only what it must comes out with every default, and parses to itself', () => {
  const cronSweep = parseCronSweep(writtenCronSweep());
  assert.deepEqual(cronSweep, {
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'CronSweep',
    metadata: { name: 'nightly', namespace: 'default' },
    spec: {
      schedule: '0 2 * * *',
      timeZone: 'UTC',
      suspend: false,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      historyLimit: 7,
      warmStart: { nights: 7, best: 3 },
      sweepTemplate: { spec: { ...aSweep().spec, study: 'nightly' } },
    },
  });
  assert.deepEqual(parseCronSweep(cronSweep), cronSweep);
});

test('the example is one', () => {
  const written = parse(readFileSync(new URL('../examples/minilm-nightly.yaml', import.meta.url), 'utf8'));
  assert.equal(parseCronSweep(written).spec.sweepTemplate.spec.study, 'minilm-sections');
});

test('a template may name the study', () => {
  assert.equal(parseCronSweep(writtenCronSweep({}, { study: 'sections' })).spec.sweepTemplate.spec.study, 'sections');
});

const schedules = ['*/15 0-6 1,15 jan-mar MON-FRI', '59 23 31 12 7', '0 0 * * 0,sun', '@daily', '5/20 * * * *'];
for (const schedule of schedules) {
  test(`a schedule: ${schedule}`, () => assert.equal(parseCronSweep(writtenCronSweep({ schedule })).spec.schedule, schedule));
}

const fiveFields =
  'spec.schedule: must be five fields (minute hour day month weekday) such as "0 2 * * *", or @hourly, @daily, @weekly, @monthly, @yearly, got';
const cronLine = (field: string, range: string) =>
  `spec.schedule: must be a cron line whose ${field} is made of *, ${range}, ranges, lists and steps, got`;
const zone = 'spec.timeZone: must be a time zone of the IANA list, such as UTC or Europe/Berlin, got';

const refused: readonly {
  readonly name: string;
  readonly spec?: object;
  readonly sweep?: Readonly<Record<string, unknown>>;
  readonly message: string;
}[] = [
  { name: 'no schedule', spec: { schedule: undefined }, message: `${fiveFields} nothing` },
  { name: 'six fields', spec: { schedule: '0 0 2 * * *' }, message: `${fiveFields} "0 0 2 * * *"` },
  { name: 'an unknown name', spec: { schedule: '@nightly' }, message: `${fiveFields} "@nightly"` },
  { name: 'a minute too many', spec: { schedule: '60 2 * * *' }, message: `${cronLine('minute', '0 to 59')} "60 2 * * *"` },
  { name: 'a range that falls', spec: { schedule: '0 6-2 * * *' }, message: `${cronLine('hour', '0 to 23')} "0 6-2 * * *"` },
  { name: 'day 0', spec: { schedule: '0 2 0 * *' }, message: `${cronLine('day of the month', '1 to 31')} "0 2 0 * *"` },
  { name: 'a month that is none', spec: { schedule: '0 2 * juno *' }, message: `${cronLine('month', '1 to 12')} "0 2 * juno *"` },
  { name: 'an empty part', spec: { schedule: '0 2 * * 1,' }, message: `${cronLine('day of the week', '0 to 7')} "0 2 * * 1,"` },
  { name: 'steps of nothing', spec: { schedule: '*/0 2 * * *' }, message: `${cronLine('minute', '0 to 59')} "*/0 2 * * *"` },
  { name: 'a time zone that is none', spec: { timeZone: 'Europe/Bonn' }, message: `${zone} "Europe/Bonn"` },
  { name: 'an offset for a time zone', spec: { timeZone: '+01:00' }, message: `${zone} "+01:00"` },
  {
    name: 'a policy that is none',
    spec: { concurrencyPolicy: 'Skip' },
    message: 'spec.concurrencyPolicy: must be one of Forbid, Allow, Replace, got "Skip"',
  },
  { name: 'a negative history', spec: { historyLimit: -1 }, message: 'spec.historyLimit: must be >= 0, got -1' },
  { name: 'a misspelt field', spec: { timezone: 'UTC' }, message: 'spec.timezone: is not a known field; did you mean timeZone?' },
  { name: 'a wrong number in the template', sweep: { numTrials: 0 }, message: 'spec.sweepTemplate.spec.numTrials: must be >= 1, got 0' },
  {
    name: 'a broken rule of the template',
    sweep: { pruneAlgorithm: { name: 'asha', minResource: 9, maxResource: 9 } },
    message: 'spec.sweepTemplate.spec.pruneAlgorithm.minResource: must be < maxResource, which is 9, got 9',
  },
];
for (const { name, spec, sweep, message } of refused) {
  test(`refused: ${name}`, () => assert.throws(() => parseCronSweep(writtenCronSweep(spec, sweep)), { name: 'SpecError', message }));
}

test('a name leaves room for the time of the night', () => {
  const written = { ...writtenCronSweep(), metadata: { name: 'n'.repeat(48) } };
  assert.throws(() => parseCronSweep(written), {
    name: 'SpecError',
    message: /^metadata\.name: must be a DNS label of at most 47 letters/,
  });
});
