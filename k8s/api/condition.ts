import { z } from 'zod';
import type { Immutable } from '../../study/spec/immutable.ts';

/** A condition as the Kubernetes API conventions have it; the fields are those of `metav1.Condition`. */
const conditionSchema = z.strictObject({
  type: z.string().min(1).max(316).describe('What it is about, such as Succeeded.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether it holds.'),
  reason: z.string().min(1).max(1024).describe('Why, in one word for programs.'),
  message: z.string().max(32_768).describe('Why, in a sentence for people.'),
  observedGeneration: z.int().min(0).exactOptional().describe('The generation of the object that this was said of.'),
  lastTransitionTime: z.iso.datetime().describe('When its status changed last.'),
});

export type Condition = Immutable<z.output<typeof conditionSchema>>;

/** One condition of each type; a field of a status. */
export const conditionsSchema = z
  .array(conditionSchema)
  .max(20)
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] });
