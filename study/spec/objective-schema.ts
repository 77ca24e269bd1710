import { z } from 'zod';
import { costMetrics } from '../cost.ts';
import { eachOnce, message, textList, validations } from './cel.ts';

export const objectiveSchema = z.strictObject({
  metric: z
    .string()
    .min(1)
    .max(200)
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

/** What objectives are beside each other. */
export const objectiveRules = validations(
  eachOnce('metric', 'must name each metric only once'),
  {
    rule: "size(self) == 0 || !self[0].metric.startsWith('cost/')",
    messageExpression: message(
      'must be a metric that the trainer reports in the first place: what a trial costs can only come after it, got "%s"',
      'self[0].metric',
    ),
  },
  {
    rule: `self.all(objective, !objective.metric.startsWith('cost/') || objective.metric in ${textList(costMetrics)})`,
    message: `must be ${costMetrics.join(' or ')} where a metric begins with cost/`,
  },
  {
    rule: "self.all(objective, !objective.metric.startsWith('cost/') || objective.direction == 'minimize')",
    message: 'must have direction minimize where a metric begins with cost/',
  },
);
