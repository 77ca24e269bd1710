/** `status` of a Sweep: what `kubectl get` shows. Its size does not depend on the number of trials. */
import { z } from 'zod';
import type { Immutable } from '../../study/spec/immutable.ts';
import { conditionsSchema } from './condition.ts';

const count = z.int().min(0);

export const sweepStatusSchema = z.strictObject({
  observedGeneration: count
    .exactOptional()
    .describe('The generation of the object that the conditions speak of: its edits have reached the running sweep, or never will.'),
  state: z
    .enum(['Pending', 'Invalid', 'Running', 'Suspended', 'Finishing', 'Succeeded', 'Failed', 'Cancelled'])
    .describe(
      'The sweep in one word, for people; programs read the conditions. Running: it searches. Finishing: the search has ended, and the best configuration is trained again.',
    ),
  id: z.string().exactOptional().describe("The sweep's id: that of its workflow in Temporal, and its folder in S3."),
  resultsUri: z.string().exactOptional().describe('Its folder in S3: log, trials, best model, report.'),
  startTime: z.iso.datetime().exactOptional().describe('When its workflow started.'),
  completionTime: z.iso.datetime().exactOptional().describe('When its workflow ended.'),
  progress: z.string().exactOptional().describe('Trials of the search that are done, of all that it may start, such as 12/64.'),
  trials: z
    .strictObject({
      total: count.describe('Trials that the search may start: numTrials.'),
      started: count.describe('Of those, the ones that have started.'),
      done: count.describe('Of those, the ones that have ended, failed ones included.'),
      running: count.describe('Trials that have a slot now, final trainings included.'),
      waiting: count.describe('Paused trials that may be promoted.'),
      failed: count.describe('Trials that have failed.'),
      finals: count.describe('Final trainings that have started.'),
    })
    .exactOptional()
    .describe('Counts of trials.'),
  gpuHours: z.number().min(0).exactOptional().describe('GPU-hours that the search has spent, to a hundredth.'),
  best: z.number().exactOptional().describe('The first objective of the best trial so far, to six digits.'),
  topTrials: z
    .array(
      z.strictObject({
        trial: count.describe('Number of the trial.'),
        rung: count.describe('The highest rung that it has reported at.'),
        value: z.number().describe('The first objective there, to six digits.'),
      }),
    )
    .max(10)
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .exactOptional()
    .describe('The best trials, best first: at most ten. The event log in S3 has all of them.'),
  conditions: conditionsSchema
    .exactOptional()
    .describe(
      'Valid: the spec can run. EngineReachable: Temporal and a worker answer. Applied: the running sweep follows the spec. ' +
        'Suspended: nothing new is started. Succeeded: Unknown until the sweep has ended.',
    ),
});

export type SweepStatus = Immutable<z.output<typeof sweepStatusSchema>>;
