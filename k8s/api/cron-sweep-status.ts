/** `status` of a CronSweep: what `kubectl get` shows of a nightly study. */
import { z } from 'zod';
import type { Immutable } from '../../study/spec/immutable.ts';
import { conditionsSchema } from './condition.ts';

const count = z.int().min(0);

export const cronSweepStatusSchema = z.strictObject({
  observedGeneration: count.exactOptional().describe('The generation of the object that the schedule in Temporal follows.'),
  nextScheduleTime: z.iso.datetime().exactOptional().describe('When the next sweep starts. Absent while suspended.'),
  lastScheduleTime: z.iso.datetime().exactOptional().describe('When the last sweep was due, or was asked for by hand.'),
  lastSuccessfulTime: z.iso.datetime().exactOptional().describe('When the last sweep that succeeded ended.'),
  active: z
    .array(z.string())
    .max(20)
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .exactOptional()
    .describe('Names of the sweeps that run now, newest first: at most twenty.'),
  lastSweep: z.string().exactOptional().describe('Name of the newest sweep.'),
  skipped: z
    .strictObject({
      overlap: count.describe('Nights on which the sweep before them still ran.'),
      missed: count.describe('Nights that Temporal saw later than startingDeadlineSeconds.'),
    })
    .exactOptional()
    .describe('Nights without a sweep, since the schedule was made.'),
  lastBest: z.number().exactOptional().describe("The last night's best on held-out data, mean over the final seeds, to six digits."),
  studyBest: z
    .strictObject({
      value: z.number().describe('On held-out data, mean over the final seeds, to six digits.'),
      sweep: z.string().describe('Id of the sweep that found it.'),
    })
    .exactOptional()
    .describe('The best of the study before the last night.'),
  conditions: conditionsSchema
    .exactOptional()
    .describe(
      'Valid: the spec can run. EngineReachable: Temporal answers. Scheduled: the schedule in Temporal follows the spec. ' +
        "Regressed: the last night's best is worse than the study's by more than its noise.",
    ),
});

export type CronSweepStatus = Immutable<z.output<typeof cronSweepStatusSchema>>;
