import type { z } from 'zod';
import { cronSweepSchema } from './spec/cron-sweep-schema.ts';
import type { Immutable } from './spec/immutable.ts';
import { partsOf } from './spec/parts.ts';
import { type Problem, SpecError } from './spec/problem.ts';
import { brokenRules } from './spec/rules/rules.ts';
import { scheduleProblems } from './spec/rules/schedule.ts';
import { structureProblems } from './spec/structure.ts';
import { fieldsOf } from './spec/untyped.ts';
import { type Sweep, withDefaults } from './spec.ts';

type Parsed = z.output<typeof cronSweepSchema>;

/** A valid nightly study with all defaults filled in. It can be written as JSON and parses to itself. */
export type CronSweep = Immutable<
  Omit<Parsed, 'spec'> & {
    spec: Omit<Parsed['spec'], 'sweepTemplate'> & {
      sweepTemplate: Pick<Parsed['spec']['sweepTemplate'], 'metadata'> & Pick<Sweep, 'spec'>;
    };
  }
>;

/**
 * The nightly study in a value that was read from YAML or JSON. Its sweeps belong to the study that the template names, or
 * else to one of its own name.
 * @throws {SpecError} that lists all that is wrong with it and with its template
 */
export function parseCronSweep(value: unknown): CronSweep {
  const parsed = cronSweepSchema.safeParse(value, { reportInput: true });
  const shape = parsed.success ? [] : structureProblems(cronSweepSchema, parsed.error.issues);
  const spec = fieldsOf(fieldsOf(value).spec);
  const problems = [...shape, ...scheduleProblems(spec), ...brokenRules(partsOf(spec.sweepTemplate)).map(inTemplate)];
  if (!parsed.success || problems.length > 0) throw new SpecError(problems);
  const {
    apiVersion,
    kind,
    metadata,
    spec: { sweepTemplate, ...timing },
  } = parsed.data;
  const sweep = withDefaults({ apiVersion, kind: 'Sweep', metadata, spec: sweepTemplate.spec });
  return { apiVersion, kind, metadata, spec: { ...timing, sweepTemplate: { ...sweepTemplate, spec: sweep.spec } } };
}

const inTemplate = ({ path, message }: Problem): Problem => ({ path: `spec.sweepTemplate.${path}`, message });
