import { z } from 'zod';
import { formatted } from './formatted.ts';
import { metadataSchema, specSchema } from './schema.ts';

/** A night's sweep is called after its study and the second it was due at, which together make a DNS label. */
const name = formatted(
  /^[a-z0-9]([a-z0-9-]{0,45}[a-z0-9])?$/,
  'a DNS label of at most 47 letters, for its sweeps add the time of their night: lower-case letters, digits and dashes, no dash at either end',
);

const labels = z.record(z.string(), z.string());

const cronSweepSpecSchema = z.strictObject({
  schedule: formatted(
    /^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|\S+( \S+){4})$/,
    'five fields (minute hour day month weekday) such as "0 2 * * *", or @hourly, @daily, @weekly, @monthly, @yearly',
  ).describe('When a sweep starts, as cron has it: minute, hour, day of the month, month, day of the week, such as "0 2 * * *".'),
  timeZone: z
    .string()
    .min(1)
    .default('UTC')
    .describe(
      'Time zone of the schedule, such as Europe/Berlin. Where clocks change, an hour of the night comes twice or not at all. Default UTC.',
    ),
  suspend: z.boolean().default(false).describe('Starts no sweep while true; what runs goes on. Default false.'),
  concurrencyPolicy: z
    .enum(['Forbid', 'Allow', 'Replace'])
    .default('Forbid')
    .describe(
      "When the last night's sweep still runs: Forbid skips this night, Allow starts another beside it, Replace cancels it first. Default Forbid: two at once would share the GPUs and learn nothing from each other.",
    ),
  startingDeadlineSeconds: z
    .int()
    .min(10)
    .max(31_536_000)
    .default(3600)
    .describe(
      'A night that was missed, because Temporal was away, is started if it is at most so many seconds late. 10 to 31536000; default 3600.',
    ),
  historyLimit: z
    .int()
    .min(0)
    .max(1000)
    .default(7)
    .describe('Finished sweeps that stay in the cluster; older ones are deleted, their results in S3 are kept. 0 to 1000; default 7.'),
  warmStart: z
    .strictObject({
      nights: z
        .int()
        .min(0)
        .max(100)
        .default(7)
        .describe('Finished sweeps of the study to learn from, the last ones. 0: none. 0 to 100; default 7.'),
      best: z
        .int()
        .min(0)
        .max(20)
        .default(3)
        .describe(
          'Best configurations of those that are tried before the sampler is asked. They count towards numTrials. 0 to 20; default 3.',
        ),
    })
    .prefault({})
    .describe(
      'What a night takes over from the nights before it: their best configurations first, and regions in which every trial failed are left out.',
    ),
  sweepTemplate: z
    .strictObject({
      metadata: z
        .strictObject({
          labels: labels.exactOptional().describe('Labels of the sweeps, beside ours.'),
          annotations: labels.exactOptional().describe('Annotations of the sweeps.'),
        })
        .exactOptional()
        .describe('Labels and annotations of the sweeps. Default: ours alone.'),
      spec: specSchema.describe(
        'The spec of the sweeps. The seed of a night is that of searchAlgorithm plus a number made of the time of the night.',
      ),
    })
    .describe('What starts each night.'),
});

/** A nightly study. Fields of `metadata` that only Kubernetes knows are dropped; any other unknown field is an error. */
export const cronSweepSchema = z.strictObject({
  apiVersion: z.literal('permafrost.dev/v1alpha1').describe('Version of this format.'),
  kind: z.literal('CronSweep').describe('Always CronSweep.'),
  metadata: metadataSchema
    .extend({ name: name.describe('Name of the nightly study: a DNS label of at most 47 letters.') })
    .describe('What the nightly study is called, and where.'),
  spec: cronSweepSpecSchema.describe('When sweeps start, what they are, and what they take over from earlier ones.'),
});
