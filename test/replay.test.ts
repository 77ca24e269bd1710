/** Workflows recorded by earlier versions must replay on this one, or running sweeps break on an upgrade. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { quietRuntime } from '../cli/worker.ts';
import { cacheFolder } from '../tools/folders.ts';
import { workflowBundle as bundled } from '../tools/workflow-bundle.ts';

const folder = path.join(import.meta.dirname, 'histories');
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const history = (
  file: string,
): { events: { eventType: string; activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[] } =>
  JSON.parse(readFileSync(path.join(folder, file), 'utf8'));

let workflowBundle: WorkflowBundleOption;
before(async () => {
  quietRuntime();
  workflowBundle = { code: await bundled(cacheFolder(process.env)) };
});

test('there are histories of each workflow to replay', () => {
  for (const workflow of ['sweep', 'trial', 'night'])
    assert.ok(
      files.some((file) => file.endsWith(`-${workflow}.json`)),
      workflow,
    );
});

for (const file of files) {
  test(`replays ${file}`, () => Worker.runReplayHistory({ workflowBundle }, history(file)));

  test(`notices a change in ${file}`, async () => {
    const changed = history(file);
    const scheduled = changed.events.findLast((event) => event.activityTaskScheduledEventAttributes !== undefined);
    scheduled!.activityTaskScheduledEventAttributes!.activityType.name = 'somethingElse';
    await assert.rejects(Worker.runReplayHistory({ workflowBundle }, changed), DeterminismViolationError);
  });
}
