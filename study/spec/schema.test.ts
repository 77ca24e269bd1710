import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { cronSweepSchema } from './cron-sweep-schema.ts';
import { sweepSchema } from './schema.ts';
import { trainerSettingsSchema } from './trial-template-schema.ts';

interface Described {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
}

/** They become the reference page, `kubectl explain` and the chart's schema. */
test('every field says what it means', () => {
  const described = [sweepSchema, cronSweepSchema, trainerSettingsSchema].map(
    (schema) => z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as Described,
  );
  assert.deepEqual(
    described.flatMap((schema) => silentFields(schema, '')),
    [],
  );
});

function silentFields({ properties = {}, items }: Described, path: string): readonly string[] {
  const inside = Object.entries(properties).flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [...(field.description === undefined ? [at] : []), ...silentFields(field, at)];
  });
  return items === undefined ? inside : [...inside, ...silentFields(items, `${path}[]`)];
}
