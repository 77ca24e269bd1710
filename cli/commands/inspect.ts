import { setTimeout as delay } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { openSweepFolder } from '../../results/sweep-folder.ts';
import type { Progress } from '../../study/progress.ts';
import { trialRows } from '../../study/trial-rows.ts';
import { progress } from '../../workflows/sweep.ts';
import { connectSystem, type System } from '../connection.ts';
import { CommandFailure } from '../failure.ts';
import { type FoundSweep, findSweep, listSweeps } from '../find-sweep.ts';
import { queuedTrials } from '../queued.ts';
import { trialTable } from '../report.ts';
import { duration, shown, table } from '../table.ts';
import { atLeastZero } from './arguments.ts';

interface Output {
  readonly output: 'text' | 'json';
}

export function addInspectCommands(program: Command): void {
  const output = new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text');
  program.command('get').description('List sweeps, newest first.').argument('[sweep]', 'name or id').addOption(output).action(get);
  program
    .command('trials')
    .description('List the trials of a sweep.')
    .argument('[sweep]', 'name or id; default: the newest')
    .addOption(output)
    .action(trials);
  program
    .command('logs')
    .description("Print a trial's logs, all attempts in order.")
    .argument('<trial>', 'number of the trial', atLeastZero)
    .argument('[sweep]', 'name or id; default: the newest')
    .action(logs);
}

async function get(wanted: string | undefined, { output }: Output): Promise<void> {
  await withSystem(async ({ client }) => {
    const sweeps = wanted === undefined ? await listSweeps(client) : [await findSweep(client, wanted)];
    const rows = await Promise.all(sweeps.map(async (sweep) => ({ ...sweep, progress: await progressOf(sweep) })));
    const cells = rows.map(({ id, status, startedAt, closedAt, progress: seen }) => [
      id,
      seen?.paused ? 'PAUSED' : status,
      seen ? `${seen.suggested}/${seen.numTrials}` : '–',
      seen ? seen.running.length : '–',
      seen ? shown(seen.best[0]?.value) : '–',
      duration(((closedAt ?? new Date()).getTime() - startedAt.getTime()) / 1000),
    ]);
    print(output, rows, () => table(['SWEEP', 'STATUS', 'TRIALS', 'RUNNING', 'BEST', 'AGE'], cells));

    /** Needs a worker; without one the rest is still worth showing. */
    async function progressOf({ id }: FoundSweep): Promise<Progress | undefined> {
      const answer = client.workflow.getHandle(id).query<Progress, []>(progress);
      const late = delay(3_000, undefined, { ref: false });
      return Promise.race([answer, late]).catch(() => undefined);
    }
  });
}

async function trials(wanted: string | undefined, { output }: Output): Promise<void> {
  await withSystem(async ({ client, store }) => {
    const sweep = await findSweep(client, wanted);
    const folder = openSweepFolder(store, sweep.folder);
    const rows = trialRows(await folder.readLog());
    const { objectives } = (await folder.read()).sweep.spec;
    const queued = await queuedTrials(
      client,
      sweep.id,
      rows.filter(({ state }) => state === 'running').map(({ trial }) => trial),
    );
    const shownRows = rows.map((row) => ({ ...row, ...(queued.has(row.trial) && { queued: queued.get(row.trial) }) }));
    print(output, shownRows, () => trialTable(rows, objectives, queued));
  });
}

async function logs(trial: number, wanted: string | undefined): Promise<void> {
  await withSystem(async ({ client, store }) => {
    const sweep = await findSweep(client, wanted);
    const found = await openSweepFolder(store, sweep.folder).trial(trial).readLogs();
    if (found.length === 0)
      throw new CommandFailure(`trial ${trial} of ${sweep.id} has no log: \`permafrost trials ${sweep.id}\` lists its trials`);
    for (const { attempt, text } of found) process.stdout.write(`--- trial ${trial}, attempt ${attempt}\n${text}`);
  });
}

export function print(output: Output['output'], value: unknown, text: () => string): void {
  process.stdout.write(`${output === 'json' ? JSON.stringify(value, null, 2) : text()}\n`);
}

export async function withSystem(work: (system: System) => Promise<void>): Promise<void> {
  const system = await connectSystem();
  try {
    await work(system);
  } finally {
    await system.close();
  }
}
