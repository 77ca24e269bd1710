/**
 * `node tools/bundle-workflows.ts <file>`: writes workflows/ with all that it imports as one script for Temporal's sandbox. A program of its own, as the
 * compiler takes hundreds of megabytes and does not give them back.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node tools/bundle-workflows.ts <file>');
const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
const { code } = await bundleWorkflowCode({
  workflowsPath,
  preloadModules: [workflowsPath], // all workflows in the sandbox's memory share one copy of the code, as none of it holds state
  logger: new DefaultLogger('ERROR'),
});
writeFileSync(`${file}.${process.pid}`, code);
renameSync(`${file}.${process.pid}`, file);
process.exit(); // the SDK's runtime would keep it
