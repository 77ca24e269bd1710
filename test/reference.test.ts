import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { reference } from '../docs/reference.ts';

test('the reference page is what the schema says: npm run docs:reference', () => {
  assert.equal(readFileSync(path.join(import.meta.dirname, '../docs/reference.md'), 'utf8'), reference());
});
