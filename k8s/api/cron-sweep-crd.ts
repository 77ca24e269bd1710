import { cronSweepSchema } from '../../study/spec/cron-sweep-schema.ts';
import { ageColumn, crd } from './crd.ts';
import { cronSweepStatusSchema } from './cron-sweep-status.ts';
import { structuralSchema } from './structural.ts';

const { metadata, spec } = cronSweepSchema.shape;

/** All of its spec can change: a change is for the nights to come. */
export const cronSweepCrd = crd({
  kind: 'CronSweep',
  singular: 'cronsweep',
  plural: 'cronsweeps',
  shortName: 'cswp',
  description: 'A nightly study: a Sweep by schedule, each of which learns from those before it.',
  name: metadata.shape.name,
  spec: structuralSchema(spec),
  status: cronSweepStatusSchema,
  columns: [
    { name: 'Schedule', type: 'string', jsonPath: '.spec.schedule', description: 'When a sweep starts.' },
    { name: 'Suspended', type: 'boolean', jsonPath: '.spec.suspend', description: 'Whether none is started.' },
    { name: 'Last', type: 'date', jsonPath: '.status.lastScheduleTime', description: 'Time since the last sweep was due.' },
    { name: 'Next', type: 'string', jsonPath: '.status.nextScheduleTime', description: 'When the next sweep starts.' },
    { name: 'Best', type: 'number', jsonPath: '.status.studyBest.value', description: 'The best of the study, on held-out data.' },
    { name: 'Last-best', type: 'number', jsonPath: '.status.lastBest', description: "The last night's best, on held-out data." },
    ageColumn,
    { name: 'Time-zone', type: 'string', jsonPath: '.spec.timeZone', description: 'Time zone of the schedule.', isWide: true },
    {
      name: 'Algorithm',
      type: 'string',
      jsonPath: '.spec.sweepTemplate.spec.searchAlgorithm.name',
      description: 'How assignments are chosen.',
      isWide: true,
    },
    { name: 'Last-sweep', type: 'string', jsonPath: '.status.lastSweep', description: 'Name of the newest sweep.', isWide: true },
    {
      name: 'Skipped',
      type: 'integer',
      jsonPath: '.status.skipped.overlap',
      description: 'Nights on which the sweep before still ran.',
      isWide: true,
    },
  ],
});
