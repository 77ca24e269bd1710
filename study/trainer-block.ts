import type { z } from 'zod';
import { type ByLayer, schemaAt, withValueAt } from './methods/by-layer.ts';
import { type MethodName, methods, settingsOf } from './methods/methods.ts';
import type { Assignment } from './trial.ts';

/** Settings of the built-in trainer that a parameter of the same name can search. */
export const tunableSettings = [
  'method',
  'trainExamples',
  'batchSize',
  'maxLength',
  'dropout',
  'weightDecay',
  'warmup',
  'clipNorm',
] as const;

interface MethodSetting {
  readonly method: MethodName;
  readonly setting: string;
  /** The one that it is set for, if not for all. */
  readonly layer?: string;
  /** What it must be. */
  readonly schema: z.ZodType;
}

/** The setting of a method that a parameter names as `dps.reserve`, or as `dps.reserve.3` for one layer. Undefined if it names none. */
export function methodSettingOf(name: string): MethodSetting | undefined {
  const [method, setting, layer, ...rest] = name.split('.');
  if (method === undefined || setting === undefined || rest.length > 0 || !Object.hasOwn(methods, method)) return undefined;
  const known = method as MethodName; // just looked up
  const { shape } = methods[known].settings;
  if (!Object.hasOwn(shape, setting)) return undefined;
  const schema = shape[setting] as z.ZodType; // it is there
  if (layer === undefined) return { method: known, setting, schema };
  const inLayer = schemaAt(schema, layer);
  return inLayer && { method: known, setting, layer, schema: inLayer };
}

interface TrialTemplate {
  readonly command?: readonly string[];
  readonly trainer: Readonly<Record<string, unknown>>;
}

/** The `trainer` block of a trial. A program of one's own gets it as written, and reads the assignment by itself. */
export function trainerBlockOf({ command, trainer }: TrialTemplate, assignment: Assignment): Readonly<Record<string, unknown>> {
  if (command !== undefined) return trainer;
  const searched = tunableSettings.filter((name) => assignment[name] !== undefined).map((name) => [name, assignment[name]]);
  const block: Record<string, unknown> = { ...trainer, ...Object.fromEntries(searched) };
  const found = Object.entries(assignment).flatMap(([name, value]) => {
    const of = methodSettingOf(name);
    return of === undefined ? [] : [{ ...of, value }];
  });
  const forAllFirst = found.toSorted((a, b) => Number(a.layer !== undefined) - Number(b.layer !== undefined));
  for (const { method, setting, layer, value } of forAllFirst) {
    const before: Readonly<Record<string, unknown>> = settingsOf(method, block);
    const now = layer === undefined ? value : withValueAt(before[setting] as ByLayer, layer, value); // others have no layers
    block[method] = { ...(block[method] as object | undefined), [setting]: now }; // a checked block
  }
  return block;
}
