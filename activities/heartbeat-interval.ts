/**
 * Between two heartbeats of a trial, by which it also learns that it is to stop. Each is a write of the Temporal server, so a worker with many trials
 * makes no more than 25 per second for as long as it can: the server misses a trial after a while, before which two are due.
 * @param missedAfterMs - the activity's heartbeat timeout
 */
export function heartbeatMs(underWay: number, missedAfterMs: number): number {
  return Math.min(0.4 * missedAfterMs, Math.max(2_000, 40 * underWay));
}
