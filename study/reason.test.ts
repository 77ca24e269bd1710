import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explanationOf } from './reason.ts';
import { sentences } from './testing/reasons.ts';

for (const [code, [reason, want]] of Object.entries(sentences)) {
  test(`reason: ${code}`, () => assert.equal(explanationOf(reason), want));
}
