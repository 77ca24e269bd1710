import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { methodPages } from '../docs/methods.ts';

test('the pages of methods are what study/methods says: npm run docs:methods', () => {
  const folder = path.join(import.meta.dirname, '../docs/methods');
  const written = new Map(readdirSync(folder).map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]));
  assert.deepEqual(new Map([...written].toSorted()), new Map([...methodPages()].toSorted()));
});
