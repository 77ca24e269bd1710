import { openSweepFolder } from '../results/sweep-folder.ts';
import { trialRows } from '../study/trial-rows.ts';
import type { System } from './connection.ts';
import { exitCodes } from './failure.ts';
import { summaryText, trialTable } from './report.ts';
import type { Submitted } from './submit.ts';
import type { SweepEnd } from './watch.ts';

/** Prints how a sweep ended, with its trials, and returns the exit code. */
export async function showEnd(end: SweepEnd, { folder }: Submitted, { store }: System): Promise<number> {
  const results = openSweepFolder(store, folder);
  const { objectives } = (await results.read()).sweep.spec;
  process.stdout.write(`\n${trialTable(trialRows(await results.readLog()), objectives, new Map())}\n\n`);
  if (end.result !== 'succeeded') {
    process.stderr.write(`The sweep ${end.result}: ${end.message}\n`);
    return exitCodes.sweepFailed;
  }
  process.stdout.write(`${summaryText(end.summary, results.address)}\n`);
  return exitCodes.done;
}
