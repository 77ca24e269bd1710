/** `node test/record-histories.ts <version>`: keeps the histories of a small sweep, of one of its trials and of a night, to be replayed for ever. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { nightSchedules, overlapOf, scheduleId } from '../cli/night-schedules.ts';
import { parseCronSweep } from '../study/cron-sweep.ts';
import { trialWorkflowId } from '../study/page.ts';
import { aPythonSweep, startTestSystem, type TestSystem } from './system.ts';

const [version] = process.argv.slice(2);
if (version === undefined) throw new Error('say for which version: node test/record-histories.ts 0.1.0');
const folder = path.join(import.meta.dirname, 'histories');
mkdirSync(folder, { recursive: true });

const system = await startTestSystem();
try {
  await system.startWorker();
  const { id } = await system.submit({
    numTrials: 4,
    pruneAlgorithm: { name: 'asha', minResource: 1, maxResource: 4, reductionFactor: 2 },
  });
  await system.client.workflow.getHandle(id).result();
  for (const [name, workflowId] of [
    ['sweep', id],
    ['trial', trialWorkflowId(id, 0)],
    ['night', await aNight(system)],
  ] as const) {
    const history = await system.client.workflow.getHandle(workflowId).fetchHistory();
    writeFileSync(path.join(folder, `${version}-${name}.json`), `${historyToJSON(history)}\n`);
  }
} finally {
  await system.close();
}

/** Started by a schedule, to its end. @returns its workflow's id */
async function aNight({ client, s3 }: TestSystem): Promise<string> {
  const spec = aPythonSweep(s3.bucket, { numTrials: 2, finalSeeds: 2, pruneAlgorithm: { name: 'none', maxResource: 2 } }).spec;
  const cronSweep = parseCronSweep({
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'CronSweep',
    metadata: { name: 'nightly' },
    spec: { schedule: '@yearly', sweepTemplate: { spec } },
  });
  await nightSchedules(client).create(cronSweep);
  const schedule = client.schedule.getHandle(scheduleId(cronSweep.metadata));
  await schedule.trigger(overlapOf.Forbid);
  for (;;) {
    const [night] = (await schedule.describe()).info.recentActions;
    if (night === undefined) await sleep(200);
    else {
      const { workflowId } = night.action.workflow;
      await client.workflow.getHandle(workflowId).result();
      return workflowId;
    }
  }
}
