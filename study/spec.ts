import type { z } from 'zod';
import type { Immutable } from './spec/immutable.ts';
import { pathText, SpecError } from './spec/problem.ts';
import { sweepSchema } from './spec/schema.ts';

/** A valid sweep with all defaults filled in. It can be written as JSON and parses to itself. */
export type Sweep = Immutable<z.output<typeof sweepSchema> & { spec: { study: string } }>;

/** The sweep in `value`, which is YAML or JSON already read. @throws {SpecError} that lists all that is wrong with it */
export function parseSweep(value: unknown): Sweep {
  const parsed = sweepSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) throw new SpecError(parsed.error.issues.map(({ path, message }) => ({ path: pathText(path), message })));
  const { spec, ...rest } = parsed.data;
  return { ...rest, spec: { ...spec, study: spec.study ?? rest.metadata.name } };
}
