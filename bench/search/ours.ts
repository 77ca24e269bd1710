/** Carries out one job per line of standard input and answers each with one line. `contest.ts` hands the jobs out. */
import { createInterface } from 'node:readline';
import type { Job } from './contest.ts';
import { type AskJob, runAsk } from './run-ask.ts';
import { type LayerFreezeJob, runLayerFreeze } from './run-layer-freeze.ts';
import { runSynthetic, type SyntheticJob } from './run-synthetic.ts';

const run = (job: Job): unknown => {
  switch (job.module) {
    case 'synthetic':
      return runSynthetic(job as unknown as SyntheticJob);
    case 'layer_freeze':
      return runLayerFreeze(job as unknown as LayerFreezeJob);
    case 'ask':
      return runAsk(job as unknown as AskJob);
    default:
      throw new Error(`no module ${job.module}`);
  }
};

for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(run(JSON.parse(line)))}\n`);
