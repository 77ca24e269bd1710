/** `node test/record-histories.ts <version>`: keeps the histories of a small sweep and of one of its trials, to be replayed for ever. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { trialWorkflowId } from '../study/page.ts';
import { startTestSystem } from './system.ts';

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
  ] as const) {
    const history = await system.client.workflow.getHandle(workflowId).fetchHistory();
    writeFileSync(path.join(folder, `${version}-${name}.json`), `${historyToJSON(history)}\n`);
  }
} finally {
  await system.close();
}
