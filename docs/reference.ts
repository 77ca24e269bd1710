/** `npm run docs:reference`: writes docs/reference.md from the schemas in study/spec and k8s/api. A test keeps the two equal. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { cronSweepStatusSchema } from '../k8s/api/cron-sweep-status.ts';
import { sweepStatusSchema } from '../k8s/api/sweep-status.ts';
import { cronSweepSchema } from '../study/spec/cron-sweep-schema.ts';
import { sweepSchema } from '../study/spec/schema.ts';
import { trainerSettingsSchema } from '../study/spec/trial-template-schema.ts';

interface Node {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly anyOf?: readonly Node[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
}

const schemaOf = (schema: z.ZodType): Node => z.toJSONSchema(schema, { io: 'input' }) as Node; // only the parts above are read

/** One table row per field, in the order of the schema; required ones are marked. */
export function reference(): string {
  return `# Reference: the fields of a sweep

Made from the schema by \`npm run docs:reference\`. An asterisk marks what must be given. Unknown fields are errors.

${tableOf(schemaOf(sweepSchema), '')}

## A nightly study (\`CronSweep\`)

\`spec.sweepTemplate.spec\` has the fields of a sweep's \`spec\`, above.

${tableOf(schemaOf(cronSweepSchema), '', 'spec.sweepTemplate.spec')}

## \`status\` of a sweep that is an object of a cluster

Written by the [controller](controller.md), which also tells what the conditions mean. An asterisk marks what is always there.

${tableOf(schemaOf(sweepStatusSchema), 'status')}

## \`status\` of a \`CronSweep\` object

${tableOf(schemaOf(cronSweepStatusSchema), 'status')}

## \`spec.trialTemplate.trainer\` of the built-in trainer

${tableOf(schemaOf(trainerSettingsSchema), '')}
`;
}

/** @param elsewhere - path of a field whose own fields stand in another table */
function tableOf(node: Node, path: string, elsewhere?: string): string {
  return ['| field | type | meaning |', '| --- | --- | --- |', ...rowsOf(node, path, elsewhere)].join('\n');
}

function rowsOf(node: Node, path: string, elsewhere: string | undefined): readonly string[] {
  if (path === elsewhere) return [];
  return Object.entries(node.properties ?? {}).flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const mark = node.required?.includes(name) ? '*' : '';
    const inner = field.items ?? field;
    const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
    return [
      `| \`${at}\`${mark} | ${cell(typeOf(field))} | ${cell(field.description ?? '')} |`,
      ...rowsOf(inner, field.items ? `${at}[]` : at, elsewhere),
    ];
  });
}

function typeOf({ type, enum: choices, const: only, anyOf, items }: Node): string {
  if (only !== undefined) return `\`${only}\``;
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ');
  if (items !== undefined) return `list of ${typeOf(items)}`;
  return [type ?? 'any'].flat().join(' or ');
}

if (import.meta.main) writeFileSync(path.join(import.meta.dirname, 'reference.md'), reference());
