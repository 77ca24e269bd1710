import type { z } from 'zod';
import type { Immutable } from './immutable.ts';
import { type Parameter, parameterSchema } from './parameter-schema.ts';
import { specSchema } from './schema.ts';
import { fieldsOf, itemsOf } from './untyped.ts';

type Spec = Immutable<z.output<typeof specSchema>>;

/** The fields of a spec that are sound in themselves; the others are undefined. So one mistake does not hide another. */
export interface SpecParts {
  readonly objectives: Spec['objectives'] | undefined;
  /** With its place in the list, and its name if there is one, for each parameter. */
  readonly parameters: readonly ParameterPart[];
  readonly constraints: Spec['constraints'] | undefined;
  readonly enqueue: Spec['enqueue'] | undefined;
  readonly enqueueAssignments: Spec['enqueueAssignments'] | undefined;
  readonly searchAlgorithm: Spec['searchAlgorithm'] | undefined;
  readonly pruneAlgorithm: Spec['pruneAlgorithm'] | undefined;
  readonly budget: Spec['budget'] | undefined;
  readonly numTrials: Spec['numTrials'] | undefined;
  readonly trialTemplate: Spec['trialTemplate'] | undefined;
}

export interface ParameterPart {
  /** `spec.parameters[1]` */
  readonly path: string;
  readonly name: string | undefined;
  readonly parameter: Parameter | undefined;
}

export function partsOf(sweep: unknown): SpecParts {
  const spec = fieldsOf(fieldsOf(sweep).spec);
  const { shape } = specSchema;
  return {
    objectives: soundPart(shape.objectives, spec.objectives),
    parameters: itemsOf(spec.parameters).map(parameterPart),
    constraints: soundPart(shape.constraints, spec.constraints),
    enqueue: soundPart(shape.enqueue, spec.enqueue),
    enqueueAssignments: soundPart(shape.enqueueAssignments, spec.enqueueAssignments),
    searchAlgorithm: soundPart(shape.searchAlgorithm, spec.searchAlgorithm),
    pruneAlgorithm: soundPart(shape.pruneAlgorithm, spec.pruneAlgorithm),
    budget: soundPart(shape.budget, spec.budget),
    numTrials: soundPart(shape.numTrials, spec.numTrials),
    trialTemplate: soundPart(shape.trialTemplate, spec.trialTemplate),
  };
}

function parameterPart(value: unknown, index: number): ParameterPart {
  const { name } = fieldsOf(value);
  return {
    path: `spec.parameters[${index}]`,
    name: typeof name === 'string' ? name : undefined,
    parameter: soundPart(parameterSchema, value),
  };
}

const soundPart = <Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> | undefined => schema.safeParse(value).data;
