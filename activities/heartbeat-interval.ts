/**
 * Between two heartbeats of a trial, by which it also learns that it is to stop. Each is a write of the Temporal server, so a worker with many trials
 * makes no more than 25 per second for as long as it can: the server misses a trial after 15 s.
 */
export function heartbeatMs(underWay: number): number {
  return Math.min(6_000, Math.max(2_000, 40 * underWay));
}
