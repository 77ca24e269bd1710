/** zod's JSON Schema as Kubernetes wants it in a CustomResourceDefinition: a structural schema, in which every value has one type. */
import { z } from 'zod';

/** A node of a structural schema. */
export type Structural = Readonly<Record<string, unknown>>;

/** @throws if the schema says something that Kubernetes has no word for */
export function structuralSchema(schema: z.ZodType): Structural {
  return structural(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', reused: 'inline' }) as Structural, '');
}

/** What means the same in both. */
const kept = [
  ...['type', 'description', 'default', 'enum', 'required', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'pattern', 'format'],
  ...['x-kubernetes-validations', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type'],
];

/** What has another form, or none because the API server sees to it: names of fields are texts, and unknown fields are errors to kubectl and Helm. */
const turned = ['properties', 'additionalProperties', 'items', 'anyOf', 'propertyNames'];

function structural(node: Structural, path: string): Structural {
  const strange = Object.keys(node).filter((key) => !kept.includes(key) && !turned.includes(key));
  if (strange.length > 0) throw new Error(`${path}: a structural schema has no word for ${strange.join(', ')}`);
  const same = Object.fromEntries(Object.entries(node).filter(([key, value]) => kept.includes(key) && !isNoLimit(key, value)));
  if (same.format !== undefined || same['x-kubernetes-validations'] !== undefined) delete same.pattern; // they say it, in words
  return { ...same, ...typeOf(node), ...insideOf(node, path) };
}

/** The limits of whole numbers in JavaScript, which are none in a spec. */
const isNoLimit = (key: string, value: unknown): boolean =>
  (key === 'maximum' && value === Number.MAX_SAFE_INTEGER) || (key === 'minimum' && value === Number.MIN_SAFE_INTEGER);

/** Of the values that can have several types, Kubernetes knows one sort: whole numbers and texts. All others are taken as they come. */
function typeOf({ anyOf, type }: Structural): Structural {
  if (anyOf === undefined) return type === undefined ? anything : {};
  const types = (anyOf as readonly Structural[]).map((each) => each.type);
  if (types.length === 2 && types.includes('integer') && types.includes('string')) {
    return { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true };
  }
  return anything;
}

const anything: Structural = { 'x-kubernetes-preserve-unknown-fields': true };

function insideOf(node: Structural, path: string): Structural {
  const { properties, additionalProperties, items } = node as Nested;
  if (items !== undefined) return { items: structural(items, `${path}[]`) };
  if (properties !== undefined) {
    const inside = Object.entries(properties).map(([name, inner]) => [name, structural(inner, `${path}.${name}`)]);
    return { properties: Object.fromEntries(inside) };
  }
  if (additionalProperties === undefined || additionalProperties === false) return {};
  if (Object.keys(additionalProperties).length === 0) return anything;
  return { additionalProperties: structural(additionalProperties, `${path}.*`) };
}

interface Nested {
  readonly properties?: Readonly<Record<string, Structural>>;
  readonly additionalProperties?: Structural | false;
  readonly items?: Structural;
}
