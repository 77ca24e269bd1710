/** `npm run helm:generate`: writes what the charts take from the schemas. A test keeps the two equal. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { cronSweepCrd } from '../k8s/api/cron-sweep-crd.ts';
import { sweepCrd } from '../k8s/api/sweep-crd.ts';
import { cronSweepSchema } from '../study/spec/cron-sweep-schema.ts';
import { sweepSchema } from '../study/spec/schema.ts';
import { permafrostValues } from './permafrost-values.ts';

/** Path in this folder → what is in the file. */
export function generated(): Readonly<Record<string, string>> {
  return {
    'permafrost/templates/sweep-crd.yaml': crdTemplate(sweepCrd),
    'permafrost/templates/cron-sweep-crd.yaml': crdTemplate(cronSweepCrd),
    'permafrost/values.schema.json': json(jsonSchema(permafrostValues)),
    'sweep/values.schema.json': json(sweepValues()),
  };
}

/** With the switches of the chart around it. Helm never upgrades what lies in a chart's `crds` folder, so it is a template. */
function crdTemplate(crd: typeof sweepCrd): string {
  const { apiVersion, kind, metadata, spec } = crd;
  const body = stringify({ spec }, { lineWidth: 0, aliasDuplicateObjects: false });
  if (body.includes('{{')) throw new Error(`${metadata.name}: {{ would be taken for a template's`);
  return `{{- if .Values.crds.install }}
# Made by npm run helm:generate.
apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: ${metadata.name}
  labels: {{- include "permafrost.labels" . | nindent 4 }}
  {{- if .Values.crds.keep }}
  annotations:
    helm.sh/resource-policy: keep
  {{- end }}
${body}{{- end }}
`;
}

/** The file of values is that of the object, but for its name, which is that of the release. */
function sweepValues() {
  const texts = { type: 'object', additionalProperties: { type: 'string' } };
  const kinds = { Sweep: sweepSchema.shape.spec, CronSweep: cronSweepSchema.shape.spec };
  const { apiVersion } = sweepSchema.shape;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      apiVersion: { const: apiVersion.value, description: apiVersion.description },
      kind: { enum: Object.keys(kinds), description: 'Sweep, or CronSweep for a nightly study.' },
      metadata: {
        type: 'object',
        description: 'Labels and annotations; the name is that of the release.',
        properties: { name: { type: 'string' }, namespace: { type: 'string' }, labels: texts, annotations: texts },
        additionalProperties: false,
      },
      spec: { type: 'object' },
      global: { type: 'object', description: 'Helm gives it to every chart.' },
    },
    required: ['apiVersion', 'kind', 'spec'],
    additionalProperties: false,
    if: { properties: { kind: { const: 'CronSweep' } } }, // told apart by kind, so that errors are those of one
    // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's word, and nobody awaits a schema
    then: { properties: { spec: jsonSchema(kinds.CronSweep) } },
    else: { properties: { spec: jsonSchema(kinds.Sweep) } },
  };
}

/** What Kubernetes alone reads is left out. */
function jsonSchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    reused: 'inline',
    override: ({ jsonSchema: node }) => {
      for (const key of Object.keys(node)) if (key.startsWith('x-kubernetes')) delete node[key];
    },
  });
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

if (import.meta.main) {
  for (const [file, content] of Object.entries(generated())) writeFileSync(path.join(import.meta.dirname, file), content);
}
