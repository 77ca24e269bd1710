import { z } from 'zod';

/** A setting that is one number, or differs between layers: then `others` is that of layers without a number of their own. */
export type ByLayer = number | Readonly<Record<string, number>>;

const layer = '0|[1-9]\\d*';
/** Names of what a setting can differ between. */
const reaches = {
  'encoder layers': new RegExp(`^(others|${layer})$`),
  'layers below the head': new RegExp(`^(others|embeddings|${layer})$`),
  'encoder layers and the head': new RegExp(`^(others|head|${layer})$`),
  layers: new RegExp(`^(others|embeddings|head|${layer})$`),
} as const;

/**
 * @param value - of a layer
 * @param what - it is, in words, to stand behind "must be"
 */
export function byLayer(value: z.ZodType<number>, what: string, reach: keyof typeof reaches) {
  const words = `${what}, or a mapping with such numbers for others and for some ${reach}, as {others: …, 2: …}`;
  const byName = z.record(z.string().regex(reaches[reach]), value).refine(({ others }) => others !== undefined, words);
  return z.union([value, byName], words);
}

/** @param name - of a layer */
export const valueAt = (setting: ByLayer, name: string): number =>
  typeof setting === 'number' ? setting : (setting[name] ?? setting.others!); // the schema asks for it

/** The layers that a setting names. */
export const layersIn = (setting: unknown): readonly string[] =>
  typeof setting === 'object' && setting !== null ? Object.keys(setting).filter((name) => name !== 'others') : [];

/** The setting with another number for one layer. */
export const withValueAt = (setting: ByLayer, name: string, value: unknown): Readonly<Record<string, unknown>> => ({
  ...(typeof setting === 'number' ? { others: setting } : setting),
  [name]: value,
});

/** What a layer's number must be. Undefined if this is no setting that differs between layers, or not by this one. */
export function schemaAt(setting: z.ZodType, name: string): z.ZodType | undefined {
  const union = setting instanceof z.ZodDefault ? setting.unwrap() : setting;
  const record = union instanceof z.ZodUnion ? union.options.find((option) => option instanceof z.ZodRecord) : undefined;
  if (record === undefined || name === 'others' || !z.safeParse(record.keyType, name).success) return undefined;
  return record.valueType as z.ZodType; // as `byLayer` made it
}
