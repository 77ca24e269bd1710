import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heartbeatMs } from './heartbeat-interval.ts';

const perSecond = (trials: number, missedAfterMs: number): number => (1_000 * trials) / heartbeatMs(trials, missedAfterMs);

test('a few trials hear of their end soon, hundreds do not flood the server, and thousands are not missed', () => {
  assert.deepEqual([heartbeatMs(1, 15_000), heartbeatMs(50, 15_000)], [2_000, 2_000]);
  assert.deepEqual([perSecond(75, 15_000), perSecond(150, 15_000), perSecond(600, 60_000)], [25, 25, 25]);
  for (const missedAfterMs of [15_000, 60_000]) {
    assert.ok(2 * heartbeatMs(5_000, missedAfterMs) < missedAfterMs, 'one that is lost on the way is no harm');
  }
});
