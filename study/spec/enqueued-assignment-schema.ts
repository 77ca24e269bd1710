import { z } from 'zod';

/** A trial by its values, beside the baselines that go by names. A warm start writes such. */
export const enqueuedAssignmentSchema = z
  .strictObject({
    assignment: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()], 'a text, a number or a boolean'))
      .describe(
        'A value for each searched parameter that is in use, and no other. Parts of a layerwise parameter go by their full names, such as layers.frozenPrefix.',
      ),
    from: z
      .strictObject({
        sweep: z.string().min(1).describe('Id of the sweep.'),
        trial: z.int().min(0).describe('Number of the trial in it.'),
      })
      .exactOptional()
      .describe('The trial of an earlier sweep that had this assignment. Default: it comes from nowhere.'),
    because: z
      .string()
      .min(1)
      .max(1000)
      .exactOptional()
      .describe('Why it is tried, in a sentence for the report. Default: nothing is said.'),
  })
  .describe('A trial that runs before the sampler is asked.');
