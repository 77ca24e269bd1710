import { z } from 'zod';
import type { Immutable } from './immutable.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()], 'a text, a number or a boolean');

export const constraintSchema = z
  .strictObject({
    ordered: z
      .array(z.string())
      .min(2)
      .exactOptional()
      .describe('Names of parameters, at least two, whose values do not fall in this order: the first is at most the second, and so on.'),
    linear: z
      .strictObject({
        terms: z.record(z.string(), z.number()).describe('Factor of each parameter in the sum, by its name.'),
        min: z.number().exactOptional().describe('Smallest sum, included. Default: no limit; min or max must be given.'),
        max: z.number().exactOptional().describe('Largest sum, included. Default: no limit.'),
      })
      .exactOptional()
      .describe('A sum of values, each times its factor, that stays within limits.'),
    forbidden: z
      .record(z.string(), scalar)
      .exactOptional()
      .describe('Values by the names of their parameters (categorical, ordinal, int or fixed) that do not come together.'),
    because: z.string().min(1).max(1000).exactOptional().describe('Why, in a sentence for the report. Default: nothing is said.'),
  })
  .describe(
    'A relation between parameters: exactly one of the kinds below. It says nothing in trials in which one of its parameters is out of use.',
  );

export type DeclaredConstraint = Immutable<z.output<typeof constraintSchema>>;
