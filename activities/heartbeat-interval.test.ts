import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heartbeatMs } from './heartbeat-interval.ts';

const perSecond = (trials: number): number => (1_000 * trials) / heartbeatMs(trials);

test('a few trials hear of their end soon, hundreds do not flood the server, and thousands are not missed', () => {
  assert.deepEqual([1, 100].map(heartbeatMs), [2_000, 2_000]);
  assert.deepEqual([150, 300].map(perSecond), [50, 50]);
  assert.ok(2 * heartbeatMs(5_000) < 15_000, 'one that is lost on the way is no harm');
});
