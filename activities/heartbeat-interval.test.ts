import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heartbeatMs } from './heartbeat-interval.ts';

const perSecond = (trials: number): number => (1_000 * trials) / heartbeatMs(trials);

test('a few trials hear of their end soon, hundreds do not flood the server, and thousands are not missed', () => {
  assert.deepEqual([1, 50].map(heartbeatMs), [2_000, 2_000]);
  assert.deepEqual([75, 150].map(perSecond), [25, 25]);
  assert.ok(2 * heartbeatMs(5_000) < 15_000, 'one that is lost on the way is no harm');
});
