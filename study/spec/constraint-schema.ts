import { z } from 'zod';
import { closedRange, validations } from './cel.ts';
import type { Immutable } from './immutable.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()], 'a text, a number or a boolean');

/** A record cannot say so itself. */
const someFields = { minProperties: 1, maxProperties: 200 };

export const constraintKinds = ['ordered', 'linear', 'forbidden'] as const;

export const constraintSchema = z
  .strictObject({
    ordered: z
      .array(z.string().max(200))
      .min(2)
      .max(200)
      .meta({ 'x-kubernetes-list-type': 'set' })
      .exactOptional()
      .describe('Names of parameters, at least two, whose values do not fall in this order: the first is at most the second, and so on.'),
    linear: z
      .strictObject({
        terms: z.record(z.string(), z.number()).meta(someFields).describe('Factor of each parameter in the sum, by its name.'),
        min: z.number().exactOptional().describe('Smallest sum, included. Default: no limit; min or max must be given.'),
        max: z.number().exactOptional().describe('Largest sum, included. Default: no limit.'),
      })
      .meta(
        validations(
          {
            rule: 'has(self.min) || has(self.max)',
            fieldPath: '.max',
            reason: 'FieldValueRequired',
            message: 'must be given, or min, got nothing',
          },
          { ...closedRange, rule: `!has(self.min) || !has(self.max) || ${closedRange.rule}` },
        ),
      )
      .exactOptional()
      .describe('A sum of values, each times its factor, that stays within limits.'),
    forbidden: z
      .record(z.string(), scalar)
      .meta(someFields)
      .exactOptional()
      .describe('Values by the names of their parameters (categorical, ordinal, int or fixed) that do not come together.'),
    because: z.string().min(1).max(1000).exactOptional().describe('Why, in a sentence for the report. Default: nothing is said.'),
  })
  .meta(
    validations({
      rule: '!has(self.ordered) || !has(self.linear)', // values of any type, as those of forbidden, cannot be asked for
      message: `must be exactly one of ${constraintKinds.join(', ')}, got ["ordered","linear"]`,
    }),
  )
  .describe(
    'A relation between parameters: exactly one of the kinds below. It says nothing in trials in which one of its parameters is out of use.',
  );

export type DeclaredConstraint = Immutable<z.output<typeof constraintSchema>>;
