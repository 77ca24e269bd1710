import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Address } from './address.ts';
import type { ObjectStore } from './object-store.ts';
import { InvalidObject, ObjectNotFound } from './storage-error.ts';

/** @throws {InvalidObject} naming the field, if the object is there and is not what the schema says */
export async function findJson<T>(store: ObjectStore, address: Address, schema: z.ZodType<T>): Promise<T | undefined> {
  const bytes = await store.get(address);
  if (bytes === undefined) return undefined;
  return checked(address, schema, parsed(address, bytes));
}

/** @throws {ObjectNotFound | InvalidObject} */
export async function readJson<T>(store: ObjectStore, address: Address, schema: z.ZodType<T>): Promise<T> {
  const value = await findJson(store, address, schema);
  if (value === undefined) throw new ObjectNotFound(address);
  return value;
}

/**
 * Creates the object once. A first try whose answer was lost finds its own object, so the same content counts as created;
 * 'exists' means that somebody else wrote something else.
 */
export async function createJson(store: ObjectStore, address: Address, value: unknown): Promise<'created' | 'exists'> {
  const text = jsonText(value);
  if ((await store.putNew(address, text)) === 'created') return 'created';
  const there = await store.get(address);
  if (there === undefined) throw new ObjectNotFound(address);
  return isDeepStrictEqual(parsed(address, there), JSON.parse(text)) ? 'created' : 'exists';
}

export async function putJson(store: ObjectStore, address: Address, value: unknown): Promise<void> {
  await store.put(address, jsonText(value));
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function parsed(address: Address, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new InvalidObject(address, `must be JSON, with NaN and infinities written as null (${(error as Error).message})`);
  }
}

function checked<T>(address: Address, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!; // a failed parse has an issue
  throw new InvalidObject(address, issue.message, z.core.toDotPath(issue.path));
}
