/** A sweep whose trials report so fast that it always has something to do: Temporal ends a workflow whose history grows without end. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Summary } from '../study/summary.ts';
import { startTestSystem, type TestSystem } from './system.ts';

const suggestedAfter = 200;
let system: TestSystem;
before(async () => {
  system = await startTestSystem({
    continueAsNewAfter: suggestedAfter,
    workerProgram: path.join(import.meta.dirname, 'instant-worker.ts'),
  });
  await system.startWorker();
});
after(() => system.close());

test('it goes on in a new run soon after it should, and loses no trial by that', { timeout: 120_000 }, async () => {
  const pruneAlgorithm = { name: 'none', maxResource: 1 };
  const { id, results } = await system.submit({ numTrials: 40, parallelTrials: 20, finalSeeds: 0, pruneAlgorithm });
  const summary = (await system.client.workflow.getHandle(id).result()) as Summary;
  const reported = (await results.readLog()).flatMap((event) => (event.type === 'reported' ? [event.trial] : []));
  const runs = await Array.fromAsync(system.client.workflow.list({ query: `WorkflowId="${id}"` }));
  const longest = Math.max(...runs.map(({ historyLength }) => historyLength));

  assert.equal(summary.counts.search, 40);
  assert.deepEqual(
    reported.toSorted((a, b) => a - b),
    Array.from({ length: 40 }, (_, trial) => trial),
  );
  assert.ok(longest < 2 * suggestedAfter, `one run had ${longest} events`);
});
