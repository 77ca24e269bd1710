/** CustomResourceDefinitions, made of the schemas that check what people write on a laptop too. */
import type { z } from 'zod';
import type { Validation } from '../../study/spec/cel.ts';
import { type Structural, structuralSchema } from './structural.ts';

const group = 'permafrost.dev';
const version = 'v1alpha1';

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** Only with `-o wide`. */
  readonly isWide?: true;
}

export interface Kind {
  readonly kind: string;
  readonly singular: string;
  readonly plural: string;
  readonly shortName: string;
  readonly description: string;
  /** Of the object's name, for which Kubernetes itself only asks for a name of the domain name system. */
  readonly name: z.ZodType;
  readonly spec: Structural;
  readonly status: z.ZodType;
  readonly columns: readonly Column[];
  /** `spec` and `status` fields that `kubectl scale` writes and reads. */
  readonly scale?: { readonly spec: string; readonly status: string };
}

export function crd({ kind, singular, plural, shortName, description, name, spec, status, columns, scale }: Kind) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames: [shortName], categories: ['permafrost'] },
      scope: 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description,
              required: ['spec'],
              properties: {
                apiVersion: { type: 'string', description: `Version of this format: ${group}/${version}.` },
                kind: { type: 'string', description: `Always ${kind}.` },
                metadata: { type: 'object' },
                spec,
                status: { ...structuralSchema(status), description: 'What the controller says of it.' },
              },
              'x-kubernetes-validations': validationsOf(structuralSchema(name)).map(ofName),
            },
          },
          subresources: {
            status: {},
            ...(scale && { scale: { specReplicasPath: `.spec.${scale.spec}`, statusReplicasPath: `.status.${scale.status}` } }),
          },
          additionalPrinterColumns: columns.map(({ isWide, ...column }) => ({ ...column, priority: isWide ? 1 : 0 })),
        },
      ],
    },
  };
}

export const ageColumn: Column = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Time since it was made.',
};

export const validationsOf = (node: Structural): readonly Validation[] =>
  (node['x-kubernetes-validations'] as readonly Validation[] | undefined) ?? [];

/** A rule about a name, as the whole object is asked: nothing else of its metadata can be. */
const ofName = ({ rule, message }: Validation): Validation => ({
  rule: rule.replaceAll(/\bself\b/g, 'self.metadata.name'),
  message: `metadata.name ${message}`,
});
