import type { z } from 'zod';
import { learnsFromOneMetric } from './spec/algorithm-schema.ts';
import type { Immutable } from './spec/immutable.ts';
import { partsOf } from './spec/parts.ts';
import { SpecError } from './spec/problem.ts';
import { brokenRules } from './spec/rules/rules.ts';
import { sweepSchema } from './spec/schema.ts';
import { structureProblems } from './spec/structure.ts';
import { trainerSettingsSchema } from './spec/trial-template-schema.ts';

type Parsed = z.output<typeof sweepSchema>;

/** A valid sweep with all defaults filled in. It can be written as JSON and parses to itself. */
export type Sweep = Immutable<Parsed & { spec: { study: string } }>;

/** `spec.trialTemplate`: what runs for each trial. */
export type TrialTemplate = Sweep['spec']['trialTemplate'];

/**
 * The sweep in a value that was read from YAML or JSON.
 * @throws {SpecError} that lists all that is wrong with it: first its shape, then its meaning
 */
export function parseSweep(value: unknown): Sweep {
  const parsed = sweepSchema.safeParse(value, { reportInput: true });
  const shape = parsed.success ? [] : structureProblems(sweepSchema, parsed.error.issues);
  const problems = [...shape, ...brokenRules(partsOf(value))];
  if (!parsed.success || problems.length > 0) throw new SpecError(problems);
  return withDefaults(parsed.data);
}

/** The defaults that depend on other fields. */
export function withDefaults({ spec, ...rest }: Parsed): Sweep {
  const { command, trainer } = spec.trialTemplate;
  const trialTemplate = { ...spec.trialTemplate, trainer: command === undefined ? trainerSettingsSchema.parse(trainer) : trainer };
  const searchAlgorithm =
    learnsFromOneMetric(spec.searchAlgorithm.name) && spec.objectives.length === 1
      ? { objective: spec.objectives[0]!, ...spec.searchAlgorithm }
      : spec.searchAlgorithm;
  return { ...rest, spec: { ...spec, study: spec.study ?? rest.metadata.name, searchAlgorithm, trialTemplate } };
}
