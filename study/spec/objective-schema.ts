import { z } from 'zod';

export const objectiveSchema = z.strictObject({
  metric: z
    .string()
    .min(1)
    .describe(
      'Name of a metric in the reports. The built-in trainer reports eval/accuracy, eval/macro_f1, eval/mcc and eval/loss, measured on the selection split, and model/trainedParameters. ' +
        'Behind the first objective cost/seconds and cost/gpuSeconds may stand too: what a trial has spent so far, which the engine adds to every report.',
    ),
  direction: z.enum(['minimize', 'maximize']).describe('Whether less or more of it is better.'),
  goal: z
    .number()
    .exactOptional()
    .describe('The search ends once a trial that was trained to the end is at least this good. Default: no goal.'),
});
