import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentences } from '../study/testing/reasons.ts';
import { decisionFile } from './trial-protocol.ts';

test('a decision to stop is read as it was written, whatever its reason', () => {
  for (const [reason] of Object.values(sentences)) {
    const decision = { schema: 1, stop: true, reason } as const;
    assert.deepEqual(decisionFile.parse(decision), decision);
  }
});
